/** Borders that are no frame: widths taken back, and what a person answers where a picture alone cannot tell. */
import type { BordersAnswer, MeasuredPoint, Measurement, QualityCheck, Side } from '../../contract/index.ts';
import { sides } from '../../contract/index.ts';

const axisSides = { leftRight: ['left', 'right'], topBottom: ['top', 'bottom'] } as const;

/** Why a boundary is no border, and what stands in; by side. */
export type NoFrame = Partial<Record<Side, Omit<Measurement['sides'][Side], 'measured'>>>;

/** The measurement without the widths of these sides and without what followed from them. */
export function withoutBorders(measurement: Measurement, why: NoFrame): Measurement {
  const goes = (side: Side) => why[side] !== undefined;
  const kept = <T>(of: Readonly<Record<Side, T | null>>) => ({
    left: goes('left') ? null : of.left,
    right: goes('right') ? null : of.right,
    top: goes('top') ? null : of.top,
    bottom: goes('bottom') ? null : of.bottom,
  });
  const status = (side: Side) => (goes(side) ? { ...why[side], measured: false } : measurement.sides[side]);
  return {
    ...measurement,
    points: measurement.points.map((point) => (goes(point.edge) ? takenBack(point) : point)),
    meanMm: kept(measurement.meanMm),
    meanPx: kept(measurement.meanPx),
    outline: { ...measurement.outline, border: kept(measurement.outline.border) },
    sides: { left: status('left'), right: status('right'), top: status('top'), bottom: status('bottom') },
    centering: withoutAxes(measurement.centering, goes),
    printTiltDeg: sides.every((side) => goes(side) || !measurement.sides[side].measured)
      ? null
      : measurement.printTiltDeg,
  };
}

const takenBack = (point: MeasuredPoint): MeasuredPoint => ({
  ...point,
  ...{ widthMm: null, uncertaintyMm: null, widthPx: null, uncertaintyPx: null, border: null },
  status: 'noBorder',
  reason: "this boundary is not the design's frame",
});

function withoutAxes(centering: Measurement['centering'], goes: (side: Side) => boolean): Measurement['centering'] {
  const lost = (axis: keyof typeof axisSides) => axisSides[axis].some(goes);
  const [lr, tb] = [lost('leftRight'), lost('topBottom')];
  const u = {
    leftRight: lr ? null : centering.leftRightUncertaintyPp,
    topBottom: tb ? null : centering.topBottomUncertaintyPp,
  };
  const left = [u.leftRight, u.topBottom].filter((each) => each !== null);
  return {
    ...centering,
    leftRight: lr ? null : centering.leftRight,
    topBottom: tb ? null : centering.topBottom,
    leftRightUncertaintyPp: u.leftRight,
    topBottomUncertaintyPp: u.topBottom,
    uncertaintyPp: left.length === 0 ? null : Math.max(...left),
    worstStation: centering.worstStation && lost(centering.worstStation.axis) ? null : centering.worstStation,
  };
}

/** Sides whose boundary is part of no corner of a frame, so that it may as well be a bar of a borderless design. */
export const sidesInQuestion = (measured: Measurement['sides']): Side[] =>
  sides.filter((side) => measured[side].frame === 'inQuestion');

/** Points whose widths are stated: not those in question, which no rule may judge by. */
export const statedPoints = ({ points, sides: of }: Pick<Measurement, 'points' | 'sides'>): MeasuredPoint[] =>
  points.filter(({ edge }) => of[edge].frame !== 'inQuestion');

const checkName = 'bars';

/** A stage of the quality assessment whose question was answered. */
export const withoutQuestion = <S extends { readonly checks: readonly QualityCheck[] }>(stage: S) => ({
  ...stage,
  checks: stage.checks.filter(({ name }) => name !== checkName),
});

/** A warning that asks; null where nothing is in question. */
export function bordersCheck(measured: Measurement['sides']): QualityCheck | null {
  const asked = sidesInQuestion(measured);
  if (asked.length === 0) return null;
  return {
    name: checkName,
    value: null,
    limit: null,
    status: 'warning',
    message: `${asked.join(' and ')}: no corner of a frame was seen, so this may be a border or a bar of a borderless design, and the picture cannot tell: say which on the result, or teach a template of the design`,
  };
}

/** The measurement as it was first made, with a person's answer to all sides in question; null leaves them in question. */
export function answered(first: Measurement, answer: BordersAnswer | null): Measurement {
  const asked = sidesInQuestion(first.sides);
  if (answer === null || asked.length === 0) return first;
  if (answer === 'bar') {
    const no = { reason: 'a person said that this is a bar of the design, not a border', frame: 'declined' } as const;
    return withoutBorders(first, Object.fromEntries(asked.map((side) => [side, no])));
  }
  const status = (side: Side) =>
    asked.includes(side) ? { ...first.sides[side], frame: 'confirmed' as const } : first.sides[side];
  return {
    ...first,
    sides: { left: status('left'), right: status('right'), top: status('top'), bottom: status('bottom') },
  };
}
