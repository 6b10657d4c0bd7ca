/**
 * Control-chart constants by subgroup size, and AIAG's K factors of the average-and-range method.
 *
 * d2 and d3 are mean and standard deviation of the range of n standard normal values (Tippett 1925; Montgomery,
 * Introduction to Statistical Quality Control, appendix VI). d2* = sqrt(d2² + d3²/g) is what a mean of g ranges is
 * divided by (Duncan 1958; AIAG MSA 4th edition, appendix C). AIAG's printed K factors have four digits; they are used
 * as printed, so that its worked examples come out to the digit.
 */
import { refuse } from '../../errors/index.ts';

const d2 = [
  1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.97, 3.078, 3.173, 3.258, 3.336, 3.407, 3.472, 3.532, 3.588, 3.64,
  3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931,
] as const;
const d3 = [
  0.853, 0.888, 0.88, 0.864, 0.848, 0.833, 0.82, 0.808, 0.797, 0.787, 0.778, 0.77, 0.763, 0.756, 0.75, 0.744, 0.739,
  0.734, 0.729, 0.724, 0.72, 0.716, 0.712, 0.708,
] as const;
/** Factors printed with four digits, so written that no one takes 0.7071 for the root of one half. */
const digits = (...tenThousandths: number[]): readonly number[] => tenThousandths.map((n) => n / 10_000);
/** AIAG's report form: 1/d2 of 2 and 3 trials; 1/d2* of one range of 2 and 3 appraisers, and of 2 to 10 parts. */
const printedK1 = digits(8862, 5908);
const printedK2 = digits(7071, 5231);
const printedK3 = digits(7071, 5231, 4467, 4030, 3742, 3534, 3375, 3249, 3146);
const printedA2 = [1.88, 1.023, 0.729, 0.577, 0.483, 0.419, 0.373, 0.337, 0.308] as const;
const printedD4 = [3.267, 2.574, 2.282, 2.114, 2.004, 1.924, 1.864, 1.816, 1.777] as const;

export const largestSubgroup = d2.length + 1;

/** @throws AppError for a size that the tables do not hold (2 to 25) */
function of(table: readonly number[], n: number): number {
  const value = table[n - 2];
  if (value === undefined)
    throw refuse(
      'value.invalid',
      `there are no range constants for ${n} values`,
      `use 2 to ${largestSubgroup} values a group, or analyse by ANOVA`,
    );
  return value;
}

/** Expected range of n standard normal values. */
export const d2Of = (n: number): number => of(d2, n);
export const d3Of = (n: number): number => of(d3, n);

/** Divisor of the mean of `groups` ranges of n values each. */
export const d2Star = (groups: number, n: number): number => Math.sqrt(d2Of(n) ** 2 + d3Of(n) ** 2 / groups);

export const k1Of = (trials: number): number => printedK1[trials - 2] ?? 1 / d2Of(trials);
export const k2Of = (operators: number): number => printedK2[operators - 2] ?? 1 / d2Star(1, operators);
export const k3Of = (parts: number): number => printedK3[parts - 2] ?? 1 / d2Star(1, parts);
export const a2Of = (n: number): number => printedA2[n - 2] ?? 3 / (d2Of(n) * Math.sqrt(n));
export const d4Of = (n: number): number => printedD4[n - 2] ?? 1 + (3 * d3Of(n)) / d2Of(n);
/** Lower limit of a range as a multiple of the mean range; 0 up to six values. */
export const lowerRange = (n: number): number => Math.max(0, 1 - (3 * d3Of(n)) / d2Of(n));
