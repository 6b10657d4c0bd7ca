/** Reads the request line's target: an absolute path in decoded segments, or nothing at all. */

export interface Target {
  /** Decoded, without empty, dot or separator-carrying segments. */
  readonly segments: readonly string[];
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** 255 characters of file name can take nine times as many when encoded. */
const longestTarget = 4096;

/**
 * Undefined for whatever could mean another place than it says: absolute-form and authority-form targets, dot
 * segments, encoded separators, backslashes, control characters, broken encoding. No route needs any of them.
 */
export function parseTarget(raw: string | undefined): Target | undefined {
  if (raw === undefined || raw.length > longestTarget || !raw.startsWith('/')) return undefined;
  const at = raw.indexOf('?');
  const path = at < 0 ? raw : raw.slice(0, at);
  const query = new URLSearchParams(at < 0 ? '' : raw.slice(at + 1));
  if (path === '/') return { segments: [], path, query };
  const segments: string[] = [];
  for (const part of path.slice(1).split('/')) {
    const segment = decodeSegment(part);
    if (segment === undefined) return undefined;
    segments.push(segment);
  }
  return { segments, path, query };
}

function decodeSegment(part: string): string | undefined {
  try {
    const segment = decodeURIComponent(part);
    return segment === '' || segment === '.' || segment === '..' || /[/\\\p{Cc}]/u.test(segment) ? undefined : segment;
  } catch {
    return undefined;
  }
}
