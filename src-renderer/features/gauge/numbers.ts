/** Numbers and lists as people type them into the plan of a study. Pure. */

/** A number above zero, with a point or a comma; null for an empty field, undefined for nonsense. */
export function positive(text: string): number | null | undefined {
  const value = typed(text);
  return value === null || (value !== undefined && value > 0) ? value : undefined;
}

/** Any number; null for an empty field, undefined for nonsense. */
export function typed(text: string): number | null | undefined {
  const clean = text.trim().replace(',', '.');
  if (clean === '') return null;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(clean)) return undefined;
  const value = Number(clean);
  return Number.isFinite(value) ? value : undefined;
}

/** The lines that hold something. */
export function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
