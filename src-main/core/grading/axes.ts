/** What a standard judges of each axis: the mean share, or the worst end where the company looks at the worst part. */
import type { Measurement, Side } from '../../contract/index.ts';
import type { Standard } from './standards.ts';

export const axisNames = ['leftRight', 'topBottom'] as const;
export type AxisName = (typeof axisNames)[number];

/** One axis as a standard sees it, in percent and percentage points. */
export interface AxisReading {
  readonly axis: AxisName;
  /** Share of the first side (left, top), 0..100. */
  readonly first: number;
  /** The larger of both shares, 50..100. */
  readonly larger: number;
  /** Expanded uncertainty, k = 2. */
  readonly uncertaintyPp: number;
  /** The station that decides; null where the mean of the side does. */
  readonly station: number | null;
}

const facing: Readonly<Record<AxisName, readonly [Side, Side]>> = {
  leftRight: ['left', 'right'],
  topBottom: ['top', 'bottom'],
};

/**
 * Both axes of a measurement under a standard's rule.
 * @returns undefined when an axis was not measured.
 */
export function readAxes(
  measurement: Pick<Measurement, 'centering' | 'points' | 'print'>,
  standard: Pick<Standard, 'judgedBy'>,
): readonly [AxisReading, AxisReading] | undefined {
  const [a, b] = axisNames.map((axis) => {
    const pair = measurement.centering[axis];
    if (!pair) return undefined;
    const u = measurement.centering[`${axis}UncertaintyPp`] ?? 0;
    const mean = reading(axis, pair[0], u, null);
    const end = standard.judgedBy === 'worstEnd' ? worstEnd(measurement, axis, u) : undefined;
    return end && end.larger > mean.larger ? end : mean;
  });
  return a && b ? [a, b] : undefined;
}

const reading = (axis: AxisName, first: number, uncertaintyPp: number, station: number | null): AxisReading => ({
  axis,
  first,
  larger: Math.max(first, 100 - first),
  uncertaintyPp,
  station,
});

/**
 * The farther end of an axis on a straight line through the shares of its facing stations (a diamond cut is a line), so
 * that one noisy station does not decide. The uncertainty is that of the line at its end; where the stations scatter by
 * more than their own uncertainty, it grows by that ratio (Birge 1932).
 */
function worstEnd(
  { centering, points, print }: Pick<Measurement, 'centering' | 'points' | 'print'>,
  axis: AxisName,
  u: number,
): AxisReading | undefined {
  if (centering.from?.[axis] === 'template') {
    const worst = print?.equivalent?.worstStation;
    return worst?.axis === axis ? reading(axis, worst.ratio[0], u, worst.index) : undefined;
  }
  const [near, far] = facing[axis];
  const shares = points
    .filter((p) => p.edge === near)
    .flatMap((a) => {
      const b = points.find((p) => p.edge === far && p.index === a.index);
      const [wa, wb] = [a.widthMm ?? a.widthPx, b?.widthMm ?? b?.widthPx];
      const [ua, ub] = [a.uncertaintyMm ?? a.uncertaintyPx ?? 0, b?.uncertaintyMm ?? b?.uncertaintyPx ?? 0];
      if (wa === null || wb === null || wb === undefined || !(wa + wb > 0)) return [];
      const value = (100 * wa) / (wa + wb);
      return [{ index: a.index, value, u: (100 * Math.hypot(wb * ua, wa * ub)) / (wa + wb) ** 2 }];
    });
  if (shares.length < 3) return undefined;
  const line = lineThrough(shares);
  const ends = [shares[0], shares.at(-1)].flatMap((share) => (share ? [line(share.index)] : []));
  const [first, last] = ends.map(({ index, value, u: end }) => reading(axis, value, end, index));
  return first && last && first.larger >= last.larger ? first : last;
}

interface StationShare {
  readonly index: number;
  readonly value: number;
  readonly u: number;
}

/** Weighted straight line; gives value and expanded uncertainty at an index. */
function lineThrough(shares: readonly StationShare[]): (index: number) => StationShare {
  const least = Math.max(1e-9, ...shares.map((s) => s.u)) * 1e-3;
  const weights = shares.map((s) => 1 / Math.max(s.u, least) ** 2);
  const total = sum(weights);
  const mean = (of: (s: StationShare) => number) => sum(shares.map((s, i) => (weights[i] ?? 0) * of(s))) / total;
  const [x, y] = [mean((s) => s.index), mean((s) => s.value)];
  const spread = mean((s) => (s.index - x) ** 2);
  const slope = mean((s) => (s.index - x) * (s.value - y)) / spread;
  const at = (index: number) => y + slope * (index - x);
  const chi2 = 4 * mean((s) => (s.value - at(s.index)) ** 2) * total;
  const birge = Math.max(1, chi2 / (shares.length - 2));
  const exact = shares.every((s) => s.u === 0);
  return (index) => ({
    index,
    value: at(index),
    u: exact ? 0 : Math.sqrt((birge / total) * (1 + (index - x) ** 2 / spread)),
  });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
