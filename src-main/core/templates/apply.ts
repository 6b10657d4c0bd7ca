/** What a registered print adds to a measurement: never a width, only the centering that it stands in for. */
import type { Margins, Measurement, PrintMatch, Side } from '../../contract/index.ts';
import { sides } from '../../contract/index.ts';
import { type NoFrame, withoutBorders } from '../borders/index.ts';

const axisSides = { leftRight: ['left', 'right'], topBottom: ['top', 'bottom'] } as const;
/** Nominal margins that differ by more than this make a design asymmetric, mm. */
const asymmetryMm = 0.1;

export const isAsymmetric = (margins: Margins | null) =>
  margins !== null &&
  (Math.abs(margins.left - margins.right) > asymmetryMm || Math.abs(margins.top - margins.bottom) > asymmetryMm);

/** A boundary farther than this from the design's own frame is another line of its print, mm. */
const otherLineMm = 0.3;

/**
 * The measurement with its print. An axis takes its centering from the template where a border is missing on it, or
 * where the design is asymmetric by intent; each side says that its border was not measured and what stands in. A
 * boundary that is not where the design's frame must be is not the frame, and one in question is none where the design
 * states no margins: their widths are taken back.
 */
export function withPrint(measurement: Measurement, print: PrintMatch): Measurement {
  const expected = print.equivalent?.widthsMm;
  const template = print.template.name;
  const isOther = (side: Side) => {
    const found = measurement.meanMm[side];
    return expected !== undefined && found !== null && Math.abs(found - expected[side]) > otherLineMm;
  };
  const no: NoFrame = {};
  for (const side of sides) {
    const [at, frame] = [measurement.meanMm[side], expected?.[side]].map((mm) => `${mm?.toFixed(2)} mm`);
    if (isOther(side))
      no[side] = { template, reason: `the boundary at ${at} is not the design's frame, which is at ${frame}` };
    else if (!expected && measurement.sides[side].frame === 'inQuestion')
      no[side] = { template, reason: `the boundary at ${at} is a bar: the design states no margins` };
  }
  const bare = withoutBorders(measurement, no);
  const missing = sides.filter((side) => !bare.sides[side].measured);
  const status = (side: Side): Measurement['sides'][Side] => {
    // Where the design's frame must be, the boundary is no bar.
    const { frame: _, ...own } = bare.sides[side];
    return own.measured ? own : { ...own, template };
  };
  return {
    ...bare,
    sides: { left: status('left'), right: status('right'), top: status('top'), bottom: status('bottom') },
    centering: centeringWith(bare.centering, print, missing),
    printTiltDeg: missing.length > 0 ? print.rotationDeg : bare.printTiltDeg,
    print,
  };
}

function centeringWith(
  centering: Measurement['centering'],
  { equivalent, template }: PrintMatch,
  missing: readonly Side[],
): Measurement['centering'] {
  if (!equivalent) return centering;
  const takes = (axis: keyof typeof axisSides) =>
    template.asymmetric || axisSides[axis].some((side) => missing.includes(side));
  const [lr, tb] = [takes('leftRight'), takes('topBottom')];
  const u = {
    leftRight: lr ? equivalent.leftRightUncertaintyPp : centering.leftRightUncertaintyPp,
    topBottom: tb ? equivalent.topBottomUncertaintyPp : centering.topBottomUncertaintyPp,
  };
  const worst = equivalent.worstStation;
  return {
    leftRight: lr ? equivalent.leftRight : centering.leftRight,
    topBottom: tb ? equivalent.topBottom : centering.topBottom,
    from: { leftRight: lr ? 'template' : 'border', topBottom: tb ? 'template' : 'border' },
    uncertaintyPp: Math.max(u.leftRight ?? 0, u.topBottom ?? 0),
    leftRightUncertaintyPp: u.leftRight,
    topBottomUncertaintyPp: u.topBottom,
    worstStation: takes(worst.axis) ? worst : centering.worstStation,
  };
}
