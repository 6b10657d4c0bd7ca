/** The centering sub-grade of one side under one standard, by best estimate, and how sure it is. */
import type { CardSide, Measurement } from '../../contract/index.ts';
import { readAxes } from './axes.ts';
import { meets, rowVerdict, type Verdict } from './conformity.ts';
import { scoreFloor } from './score.ts';
import type { CenteringRow, Standard } from './standards.ts';

export interface CenteringResult {
  readonly grade: number;
  readonly score: number;
  readonly rowLabel: string | null;
  readonly verdict: Verdict;
  readonly nextGrade: number | null;
  readonly nextVerdict: Verdict | null;
  /** The smaller and the larger of both axes' larger shares, percent. */
  readonly shares: readonly [number, number];
}

/**
 * The best row whose ceilings both axes meet, by best estimate. Where the standard judges by the worst end, that end
 * stands in for the mean of its axis.
 * @returns undefined when an axis was not measured.
 */
export function gradeCentering(
  measurement: Pick<Measurement, 'centering' | 'points' | 'print'>,
  side: CardSide,
  standard: Standard,
): CenteringResult | undefined {
  const axes = readAxes(measurement, standard);
  if (!axes) return undefined;
  const shares = [Math.min(axes[0].larger, axes[1].larger), Math.max(axes[0].larger, axes[1].larger)] as const;
  const rows = standard.rows[side];
  const index = rows.findIndex((row) => meets(axes, row));
  const row = rows[index];
  const next = index < 0 ? rows.at(-1) : rows[index - 1];
  return {
    grade: row?.grade ?? 1,
    score: centeringScore(shares, rows, index),
    rowLabel: row?.label ?? null,
    verdict: row ? rowVerdict(axes, row) : 'fail',
    nextGrade: next?.grade ?? null,
    nextVerdict: next ? rowVerdict(axes, next) : null,
    shares,
  };
}

/** Linear between the ceilings: a perfect 50/50 is 1000, a share right at a row's ceiling is that grade's floor. */
function centeringScore(
  [better, worse]: readonly [number, number],
  rows: readonly CenteringRow[],
  index: number,
): number {
  const row = rows[index];
  if (!row) return scoreFloor(1) * (1 - (worse - 50) / 50);
  const above = rows[index - 1];
  const top = above ? scoreFloor(above.grade) : 1000;
  const floor = Math.min(scoreFloor(row.grade), top);
  const part = (share: number, i: 0 | 1) => {
    const from = above?.axes[i] ?? 50;
    const width = row.axes[i] - from;
    return width <= 0 ? 0 : Math.min(1, Math.max(0, (share - from) / width));
  };
  return top - (top - floor) * Math.max(part(better, 0), part(worse, 1));
}
