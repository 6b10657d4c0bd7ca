/** The uncertainty budget as rows of a table: what each component contributes to one width or one side's mean. */

import type { Budget, BudgetComponent, BudgetShares } from '../../../src-main/contract/budget.ts';
import type { Side } from '../../../src-main/contract/geometry.ts';
import type { Measurement } from '../../../src-main/contract/report.ts';
import { pointId } from '../../viewer/scene.ts';

export interface BudgetRow {
  readonly component: BudgetComponent;
  /** Standard uncertainty in the budget's unit; null where it needs a scale that is not there. */
  readonly standard: number | null;
  /** Share of the variance, 0..1. */
  readonly share: number;
  readonly freedom: number | null;
}

/** What a person can ask about: `side:left`, or a station by its point id. */
export type BudgetSubject = string;

export const sideSubject = (side: Side): BudgetSubject => `side:${side}`;

export function sharesOf(measurement: Measurement, budget: Budget, subject: BudgetSubject): BudgetShares | null {
  const side = subject.startsWith('side:') ? subject.slice('side:'.length) : null;
  if (side !== null) return Object.entries(budget.sides).find(([name]) => name === side)?.[1] ?? null;
  const at = measurement.points.findIndex((point) => pointId(point) === subject);
  return budget.points[at] ?? null;
}

/** Largest contribution first. */
export function budgetRows(budget: Budget, shares: BudgetShares): readonly BudgetRow[] {
  const variance = shares.standard ** 2;
  return budget.components
    .map((component, i): BudgetRow => {
      const standard = shares.parts[i] ?? null;
      const share = standard === null || variance === 0 ? 0 : standard ** 2 / variance;
      return { component, standard, share, freedom: shares.edgeFreedom[i] ?? null };
    })
    .toSorted((a, b) => b.share - a.share);
}

/** The side whose mean is least certain: what is shown before a person chooses. */
export function leastCertain(budget: Budget): BudgetSubject | null {
  const sides = (['left', 'right', 'top', 'bottom'] as const).flatMap((side) => {
    const shares = budget.sides[side];
    return shares ? [{ side, standard: shares.standard }] : [];
  });
  const worst = sides.toSorted((a, b) => b.standard - a.standard)[0];
  return worst ? sideSubject(worst.side) : null;
}
