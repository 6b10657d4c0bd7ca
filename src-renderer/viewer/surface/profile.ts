/** Reading a profile: baseline, extremes, depth, and the line it was taken along. Pure. */
import type { PointPx } from '../../../src-main/contract/geometry.ts';
import type { Profile } from '../../../src-main/contract/surface-maps.ts';
import type { Line } from './surfaceStore.ts';

export function insideImage(
  { xPx, yPx }: PointPx,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): PointPx {
  const clamp = (v: number, most: number) => Math.min(Math.max(v, 0), most - 1);
  return { xPx: clamp(xPx, widthPx), yPx: clamp(yPx, heightPx) };
}

export interface Baseline {
  /** value = `level + slope * share of the way` */
  readonly level: number;
  readonly slope: number;
}

/** Share of the way at each end that counts as undamaged, when the baseline is drawn through the ends. */
const endShare = 0.15;

/** The straight line (least squares) through the first and last parts of a profile; flat where nothing is known. */
export function baselineOf(values: readonly (number | null)[]): Baseline {
  const last = values.length - 1;
  const ends = values.flatMap((value, i) => {
    const share = last === 0 ? 0 : i / last;
    return value !== null && (share <= endShare || share >= 1 - endShare) ? [{ share, value }] : [];
  });
  if (ends.length === 0) return { level: 0, slope: 0 };
  const mean = (of: (each: { share: number; value: number }) => number) =>
    ends.reduce((total, each) => total + of(each), 0) / ends.length;
  const [ms, mv] = [mean(({ share }) => share), mean(({ value }) => value)];
  const spread = mean(({ share }) => (share - ms) ** 2);
  const slope = spread === 0 ? 0 : mean(({ share, value }) => (share - ms) * (value - mv)) / spread;
  return { level: mv - slope * ms, slope };
}

export interface ProfileReading {
  /** Values less their baseline, in the stored unit. */
  readonly heights: readonly (number | null)[];
  readonly lowest: number;
  readonly highest: number;
  /** How far it goes below the baseline; 0 when it does not. */
  readonly depth: number;
  /** How far it rises above the baseline; 0 when it does not. */
  readonly rise: number;
  /** Index of the lowest and the highest value. */
  readonly lowestAt: number;
  readonly highestAt: number;
}

/** Null when the profile has no value at all. */
export function readProfile(values: readonly (number | null)[], levelled: boolean): ProfileReading | null {
  const base = levelled ? baselineOf(values) : { level: 0, slope: 0 };
  const last = Math.max(1, values.length - 1);
  const heights = values.map((value, i) => (value === null ? null : value - base.level - (base.slope * i) / last));
  let [lowestAt, highestAt] = [-1, -1];
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [i, height] of heights.entries()) {
    if (height === null) continue;
    if (height < lowest) [lowest, lowestAt] = [height, i];
    if (height > highest) [highest, highestAt] = [height, i];
  }
  if (lowestAt < 0) return null;
  const zero = levelled ? 0 : baselineLevel(heights);
  return {
    ...{ heights, lowest, highest, lowestAt, highestAt },
    depth: Math.max(0, zero - lowest),
    rise: Math.max(0, highest - zero),
  };
}

/** Without a baseline the median stands for the undamaged surface. */
function baselineLevel(heights: readonly (number | null)[]): number {
  const known = heights.filter((height) => height !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? 0;
}

/** Moves an end of the line, or all of it, by whole pixels; a new line begins across the middle of what is shown. */
export function movedLine(line: Line, part: keyof Line | 'both', dx: number, dy: number): Line {
  const move = ({ xPx, yPx }: PointPx) => ({ xPx: xPx + dx, yPx: yPx + dy });
  return {
    from: part === 'to' ? line.from : move(line.from),
    to: part === 'from' ? line.to : move(line.to),
  };
}

/** Comma-separated values with a heading: place along the line, place in the image, value. */
export function profileCsv(profile: Profile, line: Line, factor: number, unit: string): string {
  const { values, lengthMm, lengthPx } = profile;
  const last = Math.max(1, values.length - 1);
  const length = lengthMm ?? lengthPx;
  const rows = values.map((value, i) => {
    const share = i / last;
    const [x, y] = [
      line.from.xPx + share * (line.to.xPx - line.from.xPx),
      line.from.yPx + share * (line.to.yPx - line.from.yPx),
    ];
    return [share * length, x, y, value === null ? '' : value * factor]
      .map((cell) => (typeof cell === 'number' ? String(Number(cell.toPrecision(8))) : cell))
      .join(',');
  });
  return `${[`distance_${lengthMm === null ? 'px' : 'mm'},x_px,y_px,${profile.plane}_${unit.replace('µ', 'u')}`, ...rows].join('\n')}\n`;
}

/** A round length for a scale bar, at most this long: 1, 2 or 5 times a power of ten. */
export function roundLength(most: number): number {
  if (!(most > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((factor) => factor * power <= most) ?? 1;
  return step * power;
}
