/** Keeps secrets and the places of a person's files out of the log. */
import type { LogEntry } from '../../contract/system.ts';
import type { LogFields, LogValue } from './types.ts';

const secretKey =
  /token|cookie|authorization|password|passwd|passphrase|secret|credential|api[-_]?key|private[-_]?key/i;
/** `token=abc`, `Authorization: Bearer abc` and `"password":"abc"` inside running text. */
const secretInText =
  /\b((?:[\w-]*(?:token|password|passwd|secret|api[-_]?key)|authorization|(?:set-)?cookie)["']?\s*[=:]\s*["']?(?:bearer\s+|basic\s+)?)[^\s"'&,;]+/gi;
const hidden = '[hidden]';
const longestText = 4000;
const mostFields = 40;

export interface Redactor {
  hide(value: string): void;
  text(value: string): string;
  fields(fields: LogFields | undefined): LogEntry['fields'];
}

export interface ShownPath {
  readonly path: string;
  readonly shown: string;
}

/** Paths are replaced longest first, so that `<data>` inside the home folder wins over `~`. */
export function createRedactor(paths: readonly ShownPath[]): Redactor {
  const secrets = new Set<string>();
  const places = paths
    .filter(({ path }) => path.length > 1)
    .flatMap(({ path, shown }) => {
      const other = path.replaceAll('\\', '/');
      return other === path
        ? [{ path, shown }]
        : [
            { path, shown },
            { path: other, shown },
          ];
    })
    .sort((a, b) => b.path.length - a.path.length);

  const text = (value: string): string => {
    let out = value.length > longestText ? `${value.slice(0, longestText)}…` : value;
    for (const secret of secrets) out = out.replaceAll(secret, hidden);
    out = out.replace(secretInText, (_all, lead: string) => `${lead}${hidden}`);
    for (const { path, shown } of places) out = out.replaceAll(path, shown);
    return out;
  };

  const value = (key: string, given: LogValue): string | number | boolean | null => {
    if (secretKey.test(key)) return hidden;
    if (given === null || given === undefined || typeof given === 'boolean') return given ?? null;
    if (typeof given === 'number') return Number.isFinite(given) ? given : String(given);
    if (given instanceof Error) return text(`${given.name}: ${given.message}`);
    return text(String(given));
  };

  return {
    hide(secret) {
      if (secret.length >= 6) secrets.add(secret);
    },
    text,
    fields(fields) {
      const out: LogEntry['fields'] = {};
      for (const [key, given] of Object.entries(fields ?? {}).slice(0, mostFields)) {
        if (given !== undefined) out[text(key)] = value(key, given);
      }
      return out;
    },
  };
}
