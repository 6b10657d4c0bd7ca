/** Mean, standard deviation and the one-sample t-test. */
import { tTwoSided } from './distributions.ts';

/** Sum with Neumaier's (1974) compensation: sums of squares of near-equal values must keep their digits. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Sum of squares about the mean. */
export function squaresAbout(values: readonly number[], centre = mean(values)): number {
  return sum(values.map((value) => (value - centre) ** 2));
}

/** Standard deviation with n - 1. */
export const deviation = (values: readonly number[]): number => Math.sqrt(squaresAbout(values) / (values.length - 1));

export const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

export interface TTest {
  readonly n: number;
  readonly mean: number;
  readonly sd: number;
  /** Null where all values are equal: there is no spread to compare with. */
  readonly t: number | null;
  readonly p: number | null;
}

/** Is the mean of the values zero? */
export function tTest(values: readonly number[]): TTest {
  const n = values.length;
  const centre = mean(values);
  const sd = deviation(values);
  if (!(sd > 0)) return { n, mean: centre, sd, t: null, p: null };
  const t = centre / (sd / Math.sqrt(n));
  return { n, mean: centre, sd, t, p: tTwoSided(t, n - 1) };
}
