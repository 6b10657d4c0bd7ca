/** Verdicts at a limit by JCGM 106:2012: a guard band as wide as U, and the probability that the limit is kept. */
import type { AxisReading } from './axes.ts';
import type { CenteringRow } from './standards.ts';

export type Verdict = 'pass' | 'insideUncertainty' | 'fail';

/**
 * Verdict of one axis at a limit (both percent). The guard band is U (k = 2): a pass is wrong in at most 2.3 % of cases
 * (JCGM 106, 8.3.2), a fail likewise; between them no one can say.
 */
export function verdictAt(axis: Pick<AxisReading, 'larger' | 'uncertaintyPp'>, limit: number): Verdict {
  if (axis.larger + axis.uncertaintyPp <= limit) return 'pass';
  if (axis.larger - axis.uncertaintyPp > limit) return 'fail';
  return 'insideUncertainty';
}

const order: readonly Verdict[] = ['pass', 'insideUncertainty', 'fail'];
export const worseOf = (a: Verdict, b: Verdict): Verdict => (order.indexOf(a) > order.indexOf(b) ? a : b);
const betterOf = (a: Verdict, b: Verdict): Verdict => (order.indexOf(a) < order.indexOf(b) ? a : b);

type Pair = readonly [AxisReading, AxisReading];

/** Whether the best estimates keep a row: the better axis its first limit, the worse its second. */
export function meets([a, b]: Pair, row: CenteringRow): boolean {
  return Math.min(a.larger, b.larger) <= row.axes[0] && Math.max(a.larger, b.larger) <= row.axes[1];
}

/**
 * Verdict of both axes at a row. Where the axes have limits of their own (BGS 9.5: 50 on one and 55 on the other) either
 * axis may be the better one, whatever the best estimates say.
 */
export function rowVerdict([a, b]: Pair, { axes: [better, worse] }: CenteringRow): Verdict {
  const way = (first: AxisReading, second: AxisReading) => worseOf(verdictAt(first, better), verdictAt(second, worse));
  return betterOf(way(a, b), way(b, a));
}

/**
 * Probability that the true shares keep a row (JCGM 106, 7), from independent Gaussian axes. The larger share of an
 * axis keeps a limit when the signed share lies between 100 - limit and limit.
 */
export function rowProbability([a, b]: Pair, { axes: [better, worse] }: CenteringRow): number {
  const [aw, bw] = [within(a, worse), within(b, worse)];
  const [ab, bb] = [within(a, better), within(b, better)];
  // Both keep the wider limit, and not both lie between the two limits.
  return clamp(aw * bw - (aw - ab) * (bw - bb));
}

function within({ first, uncertaintyPp }: AxisReading, limit: number): number {
  const u = uncertaintyPp / 2;
  if (u === 0) return Math.max(first, 100 - first) <= limit ? 1 : 0;
  return clamp(normalCdf((limit - first) / u) - normalCdf((100 - limit - first) / u));
}

const clamp = (p: number) => Math.min(1, Math.max(0, p));

/** Standard normal distribution function (Abramowitz & Stegun 7.1.26, 1964; absolute error below 1.5e-7). */
export function normalCdf(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * poly * Math.exp(-z * z);
  return x >= 0 ? 1 - tail : tail;
}

/** The axis that keeps a row least surely, and the limit it is held against. */
export function deciding(pair: Pair, { axes: [better, worse] }: CenteringRow): { axis: AxisReading; limit: number } {
  const [low, high] = pair[0].larger <= pair[1].larger ? pair : [pair[1], pair[0]];
  const slack = (axis: AxisReading, limit: number) => (limit - axis.larger) / Math.max(axis.uncertaintyPp, 1e-6);
  return slack(low, better) < slack(high, worse) ? { axis: low, limit: better } : { axis: high, limit: worse };
}
