/** Tails and quantiles of the F, Student's t, chi-squared and normal distributions. */
import { incompleteBeta, lowerGamma, upperGamma } from './special.ts';

/** P(F > f) with `df1` and `df2` degrees of freedom. */
export function fUpper(f: number, df1: number, df2: number): number {
  if (!(f > 0)) return 1;
  if (f === Number.POSITIVE_INFINITY) return 0;
  const all = df2 + df1 * f;
  return incompleteBeta(df2 / all, df2 / 2, df1 / 2, (df1 * f) / all);
}

/** P(|T| > |t|). */
export function tTwoSided(t: number, df: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(df / (df + square), df / 2, 0.5, square / (df + square));
}

/** P(chi-squared > x). */
export const chi2Upper = (x: number, df: number): number => upperGamma(df / 2, x / 2);
export const chi2Lower = (x: number, df: number): number => lowerGamma(df / 2, x / 2);

/** t with P(T <= t) = p. */
export function tQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  const upper = Math.min(p, 1 - p);
  const t = solve((x) => tTwoSided(x, df) / 2 - upper);
  return p > 0.5 ? t : -t;
}

/** x with P(chi-squared <= x) = p. */
export function chi2Quantile(p: number, df: number): number {
  return p < 0.5 ? solve((x) => p - chi2Lower(x, df)) : solve((x) => chi2Upper(x, df) - (1 - p));
}

/** f with P(F <= f) = p. */
export function fQuantile(p: number, df1: number, df2: number): number {
  // The lower tail by the reciprocal, whose upper tail keeps its digits.
  if (p < 0.5) return 1 / fQuantile(1 - p, df2, df1);
  return solve((x) => fUpper(x, df1, df2) - (1 - p));
}

/** z with P(Z <= z) = p: the root of chi-squared with one degree of freedom. */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  const z = Math.sqrt(chi2Quantile(1 - 2 * Math.min(p, 1 - p), 1));
  return p > 0.5 ? z : -z;
}

interface Bracket {
  readonly low: number;
  readonly high: number;
  /** Values there: not below zero at `low`, not above at `high`. */
  readonly atLow: number;
  readonly atHigh: number;
}

/** The root of a falling function on (0, inf), to rounding. */
const solve = (falling: (x: number) => number): number => narrow(bracketOf(falling), falling);

/** Doubles or halves from 1 until the root lies between. */
function bracketOf(falling: (x: number) => number): Bracket {
  const at = falling(1);
  let bracket: Bracket = { low: 1, high: 1, atLow: at, atHigh: at };
  while (bracket.atHigh > 0 && bracket.high < 1e300) {
    const high = bracket.high * 2;
    bracket = { low: bracket.high, atLow: bracket.atHigh, high, atHigh: falling(high) };
  }
  while (bracket.atLow < 0 && bracket.low > 1e-300) {
    const low = bracket.low / 2;
    bracket = { low, atLow: falling(low), high: bracket.low, atHigh: bracket.atLow };
  }
  return bracket;
}

/** The Illinois form of the false position (Dowell and Jarratt 1971), with a bisection now and then for flat sides. */
function narrow(start: Bracket, falling: (x: number) => number): number {
  let now = start;
  let kept: 'low' | 'high' | undefined;
  for (let step = 0; step < 200 && now.high - now.low > 4e-16 * now.high; step++) {
    if (now.atLow === 0) return now.low;
    if (now.atHigh === 0) return now.high;
    const middle = between(now, step % 8 === 7);
    if (middle <= now.low || middle >= now.high) break;
    const at = falling(middle);
    // An end that stays twice is given half its weight, so that it moves at last.
    if (at > 0) now = { low: middle, atLow: at, high: now.high, atHigh: kept === 'high' ? now.atHigh / 2 : now.atHigh };
    else now = { low: now.low, atLow: kept === 'low' ? now.atLow / 2 : now.atLow, high: middle, atHigh: at };
    kept = at > 0 ? 'high' : 'low';
  }
  return (now.low + now.high) / 2;
}

function between({ low, high, atLow, atHigh }: Bracket, halfway: boolean): number {
  const guess = (low * atHigh - high * atLow) / (atHigh - atLow);
  return !halfway && guess > low && guess < high ? guess : (low + high) / 2;
}
