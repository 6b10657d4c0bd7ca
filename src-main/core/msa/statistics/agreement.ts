/** Agreement of two ways of measuring the same parts (Bland and Altman, Lancet 1986; 327: 307-310). */
import type { AgreementResult } from '../../../contract/msa.ts';
import { refuse } from '../../errors/index.ts';
import { normalQuantile, tQuantile } from './distributions.ts';
import { tTest } from './samples.ts';

/**
 * Mean difference and 95 % limits of agreement, each with its confidence interval; the limits' standard error is
 * sqrt(3 s² / n), as in the paper.
 * @param largest difference that may stand between the two; null when none is stated
 * @throws AppError for fewer than three pairs
 */
export function agreement(
  pairs: readonly { readonly first: number; readonly second: number }[],
  options: { readonly confidence?: number; readonly largest?: number | null } = {},
): AgreementResult {
  const { confidence = 0.95, largest = null } = options;
  if (pairs.length < 3)
    throw refuse(
      'value.invalid',
      `${pairs.length} pairs are too few`,
      'give at least three pairs, thirty by good practice',
    );
  const points = pairs.map(({ first, second }) => ({ mean: (first + second) / 2, difference: first - second }));
  const { n, mean: meanDifference, sd } = tTest(points.map((p) => p.difference));
  const reach = normalQuantile((1 + confidence) / 2) * sd;
  const t = tQuantile((1 + confidence) / 2, n - 1);
  const about = (centre: number, error: number): [number, number] => [centre - t * error, centre + t * error];
  const limitError = Math.sqrt((3 * sd * sd) / n);
  const limits: [number, number] = [meanDifference - reach, meanDifference + reach];
  const within = largest === null ? null : Math.max(Math.abs(limits[0]), Math.abs(limits[1])) <= largest;
  const said = `${(100 * confidence).toFixed(0)} % of differences lie between ${limits[0].toPrecision(4)} and ${limits[1].toPrecision(4)}`;
  return {
    kind: 'agreement',
    n,
    confidence,
    meanDifference,
    sd,
    limits,
    meanInterval: about(meanDifference, sd / Math.sqrt(n)),
    lowerLimitInterval: about(limits[0], limitError),
    upperLimitInterval: about(limits[1], limitError),
    points,
    verdict:
      within === null
        ? { level: 'notEvaluable', text: `${said}; whether that is close enough is for the use to say.` }
        : within
          ? { level: 'good', text: `${said}: within the ${largest} that may stand between them.` }
          : { level: 'unacceptable', text: `${said}: beyond the ${largest} that may stand between them.` },
    warnings: n < 30 ? [`${n} pairs are few: the limits themselves are uncertain.`] : [],
  };
}
