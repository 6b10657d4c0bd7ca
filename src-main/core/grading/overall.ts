/** One grade from four sub-grades, by each standard's rule. */
import type { Subgrades } from '../../contract/index.ts';
import { gradeOfScore, worstWeighted } from './score.ts';
import { conditionRules, type Standard } from './standards.ts';

export const subgradeNames = ['centering', 'corners', 'edges', 'surface'] as const;
export type SubgradeName = (typeof subgradeNames)[number];

/** The four numbers, or undefined when one of them is not known. */
export function complete(grades: Subgrades): readonly number[] | undefined {
  const values = subgradeNames.map((name) => grades[name]).filter((value) => value !== null);
  return values.length === subgradeNames.length ? values : undefined;
}

/**
 * BGS: the lowest sub-grade weighs most. Half a point above it when the other three average at least half a point more,
 * a whole point when they average at least two more. This gives all published examples:
 * 9.5 9.5 9 8 -> 8.5; 9.5 9.5 8.5 9 -> 9; 10 6 10 10 -> 7; and the Gem Mint rule, three 9.5 and a 9 -> 9.5.
 */
export function bgsOverall(grades: readonly number[]): number {
  const sorted = [...grades].sort((a, b) => a - b);
  const [lowest = 1, ...others] = sorted;
  const lead = others.reduce((sum, g) => sum + g, 0) / others.length - lowest;
  const bonus = lead >= 2 ? 1 : lead >= 0.5 ? 0.5 : 0;
  return Math.min(10, lowest + bonus);
}

/** TruGrade 1000 of a side: the worst category weighs most. */
export function score1000(scores: Subgrades): number | null {
  const all = complete(scores);
  return all ? worstWeighted(all, conditionRules.worstWeight) : null;
}

/** The overall grade of a standard, or null when a sub-grade is missing. */
export function overallGrade(standard: Standard, grades: Subgrades, scores: Subgrades): number | null {
  const all = complete(grades);
  const score = score1000(scores);
  if (!all || score === null) return null;
  switch (standard.overall) {
    case 'bgs':
      return bgsOverall(all);
    case 'score':
      return Math.min(gradeOfScore(score, standard.steps), Math.min(...all) + 1);
    case 'worst':
      // The worst category decides; its own half point stays where the company gives half points there.
      return standard.steps.find((step) => step <= Math.min(...all)) ?? 1;
  }
}
