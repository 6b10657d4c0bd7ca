/** Numbers, units and times for the screen; every figure goes through here, in the reader's locale. */

const locale = 'en';
const missing = '—';
const cache = new Map<string, Intl.NumberFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, options);
  cache.set(key, made);
  return made;
}

/** A figure with a fixed number of decimals; a dash where there is none. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  return numberFormat({
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: 'negative',
  }).format(value);
}

/** A small figure that must not read as nothing: `<0.01` instead of `0.00`. */
export function atLeast(value: number | null | undefined, decimals: number): string {
  const least = 10 ** -decimals;
  if (typeof value === 'number' && value > 0 && value < least / 2) return `<${fixed(least, decimals)}`;
  return fixed(value, decimals);
}

/** A figure with significant digits, for values whose size is not known beforehand. */
export function significant(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  return numberFormat({ maximumSignificantDigits: digits, useGrouping: false }).format(value);
}

/** A p-value: small ones by their power of ten. */
export function probability(p: number | null | undefined): string {
  if (p === null || p === undefined || !Number.isFinite(p)) return missing;
  return p < 0.001 ? p.toExponential(1) : fixed(p, 3);
}

export const mm = (value: number | null | undefined, decimals = 3): string => withUnit(value, decimals, 'mm');
export const mm2 = (value: number | null | undefined, decimals = 2): string => withUnit(value, decimals, 'mm²');
export const px = (value: number | null | undefined, decimals = 1): string => withUnit(value, decimals, 'px');
export const degrees = (value: number | null | undefined, decimals = 2): string => {
  const text = fixed(value, decimals);
  return text === missing ? text : `${text}°`;
};
/** Micrometres from millimetres, for depths. */
export const micrometres = (valueMm: number | null | undefined): string =>
  valueMm === null || valueMm === undefined ? missing : withUnit(valueMm * 1000, 1, 'µm');

function withUnit(value: number | null | undefined, decimals: number, unit: string): string {
  const text = fixed(value, decimals);
  return text === missing ? text : `${text} ${unit}`;
}

/** A grade as the trade writes it: 9, 8.5. */
export function gradeNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  return numberFormat({ maximumFractionDigits: 1 }).format(value);
}

export function whole(value: number | null | undefined): string {
  return fixed(value, 0);
}

/** `fraction` 0..1. */
export function percent(fraction: number | null | undefined, decimals = 0): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return missing;
  return numberFormat({
    style: 'percent',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(fraction);
}

/** A duration, in ms below one second and in s from there. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return missing;
  if (ms < 10) return `${fixed(ms, 1)} ms`;
  if (ms < 1000) return `${fixed(ms, 0)} ms`;
  return `${fixed(ms / 1000, ms < 10_000 ? 2 : 1)} s`;
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  const step = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  return `${fixed(count / 1000 ** step, step === 0 ? 0 : 1)} ${units[step] ?? 'B'}`;
}

const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(locale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hour12: false,
});

export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : dateTime.format(date);
}

/** Time of day with milliseconds, for logs. */
export function clockTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : clock.format(date);
}

/** The first letter as a capital, for messages of the core, which are written without. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
