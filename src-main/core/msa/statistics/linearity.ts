/** Bias and linearity: does the gauge's error depend on the size of what it measures? */
import type { LinearityResult, LinearitySettings, MsaVerdict } from '../../../contract/msa.ts';
import { refuse } from '../../errors/index.ts';
import { tQuantile, tTwoSided } from './distributions.ts';
import { mean, squaresAbout, sum, tTest } from './samples.ts';

export interface ReferenceReading {
  readonly part: string;
  readonly reference: number;
  readonly value: number;
}

/**
 * Least-squares line of bias over reference with t-tests of slope and intercept, one-sample t-tests of the bias at each
 * reference and over all, and the confidence band of the line (AIAG MSA 4th edition, III-B 5).
 * @throws AppError for fewer than two references or three values
 */
export function linearity(
  readings: readonly ReferenceReading[],
  settings: LinearitySettings,
  file?: string,
): LinearityResult {
  const points = readings.map(({ reference, value }) => ({ reference, bias: value - reference }));
  const references = [...new Set(points.map((p) => p.reference))].sort((a, b) => a - b);
  const n = points.length;
  if (references.length < 2 || n < 3)
    throw refuse(
      'value.invalid',
      references.length < 2
        ? `all ${n} measurements have the same reference, ${references[0] ?? 'none'}: a line needs at least two`
        : `${n} measurements are too few for a line with its uncertainty`,
      'measure at least two parts of known and different size, five by good practice, each several times',
      { field: 'reference', ...(file === undefined ? {} : { file }) },
    );
  const line = fitLine(points);
  const { slope, intercept, residualSd, xMean, xSquares } = line;
  const slopeError = residualSd / Math.sqrt(xSquares);
  const interceptError = residualSd * Math.sqrt(1 / n + (xMean * xMean) / xSquares);
  const test = (value: number, error: number) =>
    error > 0 ? { t: value / error, p: tTwoSided(value / error, n - 2) } : { t: null, p: null };
  const [ofSlope, ofIntercept] = [test(slope, slopeError), test(intercept, interceptError)];
  const reach = tQuantile((1 + settings.confidence) / 2, n - 2) * residualSd;
  const average = tTest(points.map((p) => p.bias));
  const perReference = references.map((reference) => {
    const here = readings.filter((r) => r.reference === reference);
    const bias = tTest(here.map((r) => r.value - reference));
    const at = intercept + slope * reference;
    const half = reach * Math.sqrt(1 / n + (reference - xMean) ** 2 / xSquares);
    const sd = here.length > 1 ? bias.sd : null;
    const part = [...new Set(here.map((r) => r.part))].join(', ');
    const band: [number, number] = [at - half, at + half];
    return { part, reference, n: bias.n, bias: bias.mean, sd, t: bias.t, p: bias.p, line: at, band };
  });
  const variation = settings.processVariation;
  const result = {
    kind: 'linearity' as const,
    settings,
    n,
    slope,
    intercept,
    slopeError,
    interceptError,
    slopeT: ofSlope.t,
    slopeP: ofSlope.p,
    interceptT: ofIntercept.t,
    interceptP: ofIntercept.p,
    residualSd,
    rSquared: line.rSquared,
    linearityPct: 100 * Math.abs(slope),
    linearity: variation === null ? null : Math.abs(slope) * variation,
    averageBias: average.mean,
    averageBiasT: average.t,
    averageBiasP: average.p,
    perReference,
    points,
  };
  return { ...result, verdict: verdictOf(result), warnings: warningsOf(result) };
}

function fitLine(points: readonly { reference: number; bias: number }[]) {
  const x = points.map((p) => p.reference);
  const y = points.map((p) => p.bias);
  const [xMean, yMean] = [mean(x), mean(y)];
  const xSquares = squaresAbout(x, xMean);
  const slope = sum(points.map((p) => (p.reference - xMean) * (p.bias - yMean))) / xSquares;
  const intercept = yMean - slope * xMean;
  const residuals = sum(points.map((p) => (p.bias - intercept - slope * p.reference) ** 2));
  const all = squaresAbout(y, yMean);
  return {
    slope,
    intercept,
    xMean,
    xSquares,
    residualSd: Math.sqrt(residuals / (points.length - 2)),
    rSquared: all > 0 ? 1 - residuals / all : null,
  };
}

type Unjudged = Omit<LinearityResult, 'verdict' | 'warnings'>;

/** AIAG: linearity is acceptable when the line of zero bias lies inside the confidence band. */
function verdictOf({ perReference, slopeP, interceptP, settings }: Unjudged): MsaVerdict {
  if (slopeP === null || interceptP === null)
    return { level: 'notEvaluable', text: 'The values lie on the line without any scatter, so nothing can be tested.' };
  const outside = perReference.filter(({ band: [low, high] }) => low > 0 || high < 0);
  if (outside.length === 0)
    return {
      level: 'good',
      text: 'Zero bias lies inside the confidence band at every reference: bias and linearity are acceptable.',
    };
  const where = outside.map(({ reference }) => reference).join(', ');
  const why =
    slopeP < settings.alpha ? 'the bias depends on the size measured' : 'there is a bias of one size throughout';
  return { level: 'unacceptable', text: `Zero bias lies outside the confidence band at ${where}: ${why}.` };
}

function warningsOf({ perReference, rSquared, slopeP, settings }: Unjudged): string[] {
  const list: string[] = [];
  if (perReference.length < 5)
    list.push(`${perReference.length} references are few; five over the working range are usual.`);
  if (rSquared !== null && rSquared < 0.7 && slopeP !== null && slopeP < settings.alpha)
    list.push(
      `The line explains ${(100 * rSquared).toFixed(0)} % of the scatter: look whether the bias bends, or differs between parts.`,
    );
  const significant = perReference
    .filter(({ p }) => p !== null && p < settings.alpha)
    .map(({ reference }) => reference);
  if (significant.length > 0) list.push(`The bias is significant by itself at ${significant.join(', ')}.`);
  return list;
}
