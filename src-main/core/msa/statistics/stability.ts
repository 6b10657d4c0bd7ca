/** Stability: subgroups of one master part over time on averages and ranges charts (AIAG MSA 4th edition, III-B 2). */
import type { MsaVerdict, StabilityResult } from '../../../contract/msa.ts';
import { refuse } from '../../errors/index.ts';
import { a2Of, d2Of, d4Of, lowerRange } from './constants.ts';
import { indexesOutside, runsAbout } from './control.ts';
import { mean, range } from './samples.ts';

export interface Subgroup {
  readonly label: string;
  readonly values: readonly number[];
}

/** @throws AppError for fewer than two subgroups, subgroups of one, or of different size */
export function stability(subgroups: readonly Subgroup[], file?: string): StabilityResult {
  const size = subgroups[0]?.values.length ?? 0;
  const place = file === undefined ? {} : { file };
  if (subgroups.length < 2 || size < 2)
    throw refuse(
      'value.invalid',
      subgroups.length < 2 ? 'there are fewer than two subgroups' : 'the subgroups hold one value each',
      'measure the master part in subgroups of 3 to 5, at least 20 times',
      place,
    );
  const odd = subgroups.find(({ values }) => values.length !== size);
  if (odd)
    throw refuse(
      'value.invalid',
      `subgroup ${odd.label} has ${odd.values.length} values, the first has ${size}`,
      'give every subgroup the same number of values',
      { field: 'measurement', ...place },
    );
  const groups = subgroups.map(({ label, values }) => ({ label, mean: mean(values), range: range(values) }));
  const centre = mean(groups.map((g) => g.mean));
  const meanRange = mean(groups.map((g) => g.range));
  const reach = a2Of(size) * meanRange;
  const averageLimits = { lower: centre - reach, centre, upper: centre + reach };
  const rangeLimits = { lower: lowerRange(size) * meanRange, centre: meanRange, upper: d4Of(size) * meanRange };
  const means = groups.map((g) => g.mean);
  const found = {
    averagesOut: indexesOutside(means, averageLimits.lower, averageLimits.upper),
    rangesOut: indexesOutside(
      groups.map((g) => g.range),
      rangeLimits.lower,
      rangeLimits.upper,
    ),
    runs: runsAbout(means, centre),
  };
  const warnings = groups.length < 20 ? [`${groups.length} subgroups are few; 20 to 25 are usual.`] : [];
  const sd = meanRange / d2Of(size);
  return {
    kind: 'stability',
    subgroups: groups,
    size,
    averageLimits,
    rangeLimits,
    ...found,
    sd,
    verdict: judge(found, sd),
    warnings,
  };
}

function judge(found: Pick<StabilityResult, 'averagesOut' | 'rangesOut' | 'runs'>, sd: number): MsaVerdict {
  if (!(sd > 0))
    return {
      level: 'notEvaluable',
      text: 'Values inside the subgroups do not differ, so there are no limits to judge by.',
    };
  const out = found.averagesOut.length + found.rangesOut.length;
  if (out === 0 && found.runs.length === 0)
    return { level: 'good', text: 'No point outside the limits and no long run: the gauge was stable.' };
  const parts = [
    ...(out > 0 ? [`${out} point${out === 1 ? '' : 's'} outside the limits`] : []),
    ...(found.runs.length > 0 ? ['a run of eight or more on one side'] : []),
  ];
  return { level: 'unacceptable', text: `The gauge was not stable: ${parts.join(' and ')}.` };
}
