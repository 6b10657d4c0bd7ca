/** Centering against a standard's ceilings, with a verdict that knows the measurement is not exact. */
import type { CardSide, Centering } from '../../contract/index.ts';
import { scoreFloor } from './score.ts';
import type { CenteringRow, Standard } from './standards.ts';

export type Verdict = 'pass' | 'insideUncertainty' | 'fail';

/** A share beyond `tiltLimitDeg` of print tilt is judged by the worst station, as a diamond cut is. */
export const diamondCutTiltDeg = 0.15;

export interface CenteringResult {
  readonly grade: number;
  readonly score: number;
  readonly rowLabel: string | null;
  readonly verdict: Verdict;
  readonly nextGrade: number | null;
  readonly nextVerdict: Verdict | null;
  readonly shares: readonly [number, number];
}

interface Share {
  readonly value: number;
  readonly uncertainty: number;
}

/** Verdict of one share (percent) at a limit: sure only when the whole interval lies on one side. */
export function verdictAt(share: Share, limit: number): Verdict {
  if (share.value + share.uncertainty <= limit) return 'pass';
  if (share.value - share.uncertainty > limit) return 'fail';
  return 'insideUncertainty';
}

const order: readonly Verdict[] = ['pass', 'insideUncertainty', 'fail'];
const worseOf = (a: Verdict, b: Verdict) => (order.indexOf(a) > order.indexOf(b) ? a : b);

function rowVerdict(better: Share, worse: Share, row: CenteringRow): Verdict {
  return worseOf(verdictAt(better, row.axes[0]), verdictAt(worse, row.axes[1]));
}

const meets = (better: Share, worse: Share, row: CenteringRow) =>
  better.value <= row.axes[0] && worse.value <= row.axes[1];

/**
 * The best row whose ceilings both axes meet, by best estimate, and how sure that is.
 * Shares are the larger of each pair in percent (50..100); with a print tilt above 0.15 degrees the worst station stands in.
 * @returns undefined when an axis was not measured.
 */
export function gradeCentering(
  centering: Centering,
  printTiltDeg: number | null,
  side: CardSide,
  standard: Standard,
): CenteringResult | undefined {
  const { leftRight, topBottom, worstStation } = centering;
  if (!leftRight || !topBottom) return undefined;
  const diamond = Math.abs(printTiltDeg ?? 0) > diamondCutTiltDeg && worstStation !== null;
  const axis = (name: 'leftRight' | 'topBottom', pair: readonly [number, number], u: number | null): Share => {
    const own = diamond && worstStation?.axis === name ? Math.max(...worstStation.ratio) : 0;
    return { value: Math.max(...pair, own), uncertainty: u ?? 0 };
  };
  const shares = [
    axis('leftRight', leftRight, centering.leftRightUncertaintyPp),
    axis('topBottom', topBottom, centering.topBottomUncertaintyPp),
  ].sort((a, b) => a.value - b.value);
  const [better, worse] = shares;
  if (!better || !worse) return undefined;
  const rows = standard.rows[side];
  const index = rows.findIndex((row) => meets(better, worse, row));
  const row = rows[index];
  const next = index < 0 ? rows.at(-1) : rows[index - 1];
  return {
    grade: row?.grade ?? 1,
    score: centeringScore(better, worse, rows, index),
    rowLabel: row?.label ?? null,
    verdict: row ? rowVerdict(better, worse, row) : 'fail',
    nextGrade: next?.grade ?? null,
    nextVerdict: next ? rowVerdict(better, worse, next) : null,
    shares: [better.value, worse.value],
  };
}

/** Linear between the ceilings: a perfect 50/50 is 1000, a share right at a row's ceiling is that grade's floor. */
function centeringScore(better: Share, worse: Share, rows: readonly CenteringRow[], index: number): number {
  const row = rows[index];
  if (!row) return scoreFloor(1) * (1 - (worse.value - 50) / 50);
  const above = rows[index - 1];
  const top = above ? scoreFloor(above.grade) : 1000;
  const floor = Math.min(scoreFloor(row.grade), top);
  const part = (share: Share, i: 0 | 1) => {
    const from = above?.axes[i] ?? 50;
    const width = row.axes[i] - from;
    return width <= 0 ? 0 : Math.min(1, Math.max(0, (share.value - from) / width));
  };
  return top - (top - floor) * Math.max(part(better, 0), part(worse, 1));
}
