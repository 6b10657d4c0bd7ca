/** Numbers as reports and tables show them. */

/** Significant digits without exponent for ordinary sizes; a dash where there is none. */
export function figure(value: number | null | undefined, digits = 5): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '-';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-5) return value.toExponential(Math.max(0, digits - 1));
  return String(Number(value.toPrecision(digits)));
}

export const pct = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(2);

/** A p-value: three digits, or its power of ten where it is small. */
export function probability(p: number | null | undefined): string {
  if (p === null || p === undefined) return '-';
  return p < 0.001 ? p.toExponential(2) : p.toFixed(4);
}

export const span = (interval: readonly [number, number] | null | undefined): string =>
  interval ? `${figure(interval[0], 4)} to ${figure(interval[1], 4)}` : '-';
