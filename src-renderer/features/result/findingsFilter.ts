/** Which findings are listed: by kind, and by whether they cost the grade anything. */
import type { Cost, Defect, DefectKind } from '../../../src-main/contract/report.ts';

export const costChoices = ['all', 'costs', 'free'] as const;
export type CostChoice = (typeof costChoices)[number];

export interface FindingsFilter {
  readonly kind: DefectKind | 'all';
  readonly cost: CostChoice;
}

export const everything: FindingsFilter = { kind: 'all', cost: 'all' };

/** Kinds that occur, in the order of their first finding. */
export const kindsOf = (defects: readonly Defect[]): readonly DefectKind[] => [
  ...new Set(defects.map(({ kind }) => kind)),
];

/** Findings with their number in the whole list, so that a number means the same whatever is shown. */
export function filtered(
  defects: readonly Defect[],
  costs: readonly Cost[],
  { kind, cost }: FindingsFilter,
): readonly { readonly defect: Defect; readonly number: number }[] {
  const charged = new Set(costs.map(({ defectId }) => defectId));
  return defects
    .map((defect, index) => ({ defect, number: index + 1 }))
    .filter(({ defect }) => kind === 'all' || defect.kind === kind)
    .filter(({ defect }) => cost === 'all' || charged.has(defect.id) === (cost === 'costs'));
}
