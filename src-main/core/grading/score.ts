/** From 1000-point scores to grades and back, by the published bands. */
import { scoreBands } from './standards.ts';

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The band a score falls in; scores below the lowest band belong to it. */
export function bandOf(score: number): { grade: number; name: string } {
  const band = scoreBands.find((b) => score >= b.from) ?? scoreBands.at(-1);
  if (!band) throw new Error('the standards hold no score bands');
  return { grade: band.grade, name: band.name };
}

/** The lowest score of a grade: 950 for 10, 900 for 9; half-way between neighbours for grades without a band (9.5). */
export function scoreFloor(grade: number): number {
  const own = scoreBands.filter((b) => b.grade === grade).at(-1);
  if (own) return own.from;
  const above = scoreBands.filter((b) => b.grade > grade).at(-1)?.from ?? 1000;
  const below = scoreBands.find((b) => b.grade < grade)?.from ?? 0;
  return (above + below) / 2;
}

/** The best of a standard's steps whose floor a score reaches. */
export function gradeOfScore(score: number, steps: readonly number[]): number {
  return steps.find((grade) => score >= scoreFloor(grade)) ?? steps.at(-1) ?? 1;
}

/** `worst + (1 - weight) (mean - worst)`: the worst part weighs most, the rest still counts. */
export function worstWeighted(scores: readonly number[], weight: number): number {
  const worst = Math.min(...scores);
  const mean = scores.reduce((sum, s) => sum + s, 0) / scores.length;
  return clamp(worst + (1 - weight) * (mean - worst), 0, 1000);
}
