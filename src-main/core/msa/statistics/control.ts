/** Control charts: individual values with moving range, and the run rule. */
import { d2Of } from './constants.ts';
import { mean } from './samples.ts';

export interface Individuals {
  readonly centre: number;
  readonly lower: number;
  readonly upper: number;
  readonly outside: number[];
  readonly runs: number[];
}

/** Values on one side of the centre line that no longer are chance (Western Electric rule 4; 1 in 128). */
const longRun = 8;

/** Limits at three standard deviations, taken from the mean moving range of two (Shewhart; Montgomery ch. 6). */
export function individuals(values: readonly number[]): Individuals {
  const centre = mean(values);
  const moving = values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? value)));
  const sigma = mean(moving) / d2Of(2);
  const [lower, upper] = [centre - 3 * sigma, centre + 3 * sigma];
  return { centre, lower, upper, outside: indexesOutside(values, lower, upper), runs: runsAbout(values, centre) };
}

export function indexesOutside(values: readonly number[], lower: number, upper: number): number[] {
  return values.flatMap((value, i) => (value < lower || value > upper ? [i] : []));
}

/** Indexes at which a run of eight or more on one side of the centre is complete or goes on. */
export function runsAbout(values: readonly number[], centre: number): number[] {
  const found: number[] = [];
  let length = 0;
  let side = 0;
  for (const [i, value] of values.entries()) {
    const now = Math.sign(value - centre);
    length = now !== 0 && now === side ? length + 1 : 1;
    side = now;
    if (side !== 0 && length >= longRun) found.push(i);
  }
  return found;
}
