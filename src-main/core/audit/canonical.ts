/** Canonical JSON: one text for one value, so that a hash of it means something (in the manner of RFC 8785, JCS, 2020). */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Keys sorted by UTF-16 code units, no white space, numbers and strings as JSON.stringify writes them
 * (which is what RFC 8785 asks). Members that are undefined are left out. Throws on NaN, infinities and
 * lone surrogates: these have no JSON, or no UTF-8, of their own.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON`);
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return canonicalString(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${canonicalString(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no UTF-8');
  return JSON.stringify(text);
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
