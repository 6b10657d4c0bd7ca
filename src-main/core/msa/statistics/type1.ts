/** Type-1 study: one part of known value, measured again and again (Cg, Cgk, bias test, resolution). */
import type { MsaVerdict, Type1Result, Type1Settings } from '../../../contract/msa.ts';
import { refuse } from '../../errors/index.ts';
import { individuals } from './control.ts';
import { tQuantile } from './distributions.ts';
import { tTest } from './samples.ts';

/** Values from which a type-1 study is read without reserve; 50 are usual (Bosch booklet 10; Minitab). */
const usualCount = 50;
const leastCount = 10;
/** Percent of the tolerance that one step of the display may be. */
const resolutionLimit = 5;

/**
 * Cg = (K/100 · T) / (L · s) and Cgk = (K/200 · T − |bias|) / (L/2 · s), with K percent of the tolerance T and a spread
 * of L standard deviations (Bosch booklet 10; K = 20, L = 6 as Minitab).
 * @throws AppError for fewer than two values
 */
export function type1(values: readonly number[], settings: Type1Settings, file?: string): Type1Result {
  if (values.length < 2)
    throw refuse(
      'value.invalid',
      `a type-1 study needs repeated measurements, there ${values.length === 1 ? 'is one' : 'are none'}`,
      `measure the same part at least ${leastCount} times, ${usualCount} by good practice`,
      { field: 'measurement', ...(file === undefined ? {} : { file }) },
    );
  const { reference, tolerance, percent, spread, resolution, confidence } = settings;
  const { n, sd, mean, ...test } = tTest(values.map((value) => value - (reference ?? 0)));
  const known = reference !== null;
  const bias = known ? mean : null;
  const varies = sd > 0;
  const cg = varies ? ((percent / 100) * tolerance) / (spread * sd) : null;
  const cgk = varies && bias !== null ? ((percent / 200) * tolerance - Math.abs(bias)) / ((spread / 2) * sd) : null;
  const reach = varies ? tQuantile((1 + confidence) / 2, n - 1) * (sd / Math.sqrt(n)) : 0;
  const resolutionPct = resolution === null ? null : (100 * resolution) / tolerance;
  const result = {
    kind: 'type1' as const,
    settings,
    values: [...values],
    n,
    mean: mean + (reference ?? 0),
    sd,
    bias,
    biasInterval: varies && bias !== null ? ([bias - reach, bias + reach] as [number, number]) : null,
    studyVariation: spread * sd,
    cg,
    cgk,
    repeatabilityPct: cg === null ? null : percent / cg,
    repeatabilityAndBiasPct: cgk === null || cgk <= 0 ? null : percent / cgk,
    t: known ? test.t : null,
    p: known ? test.p : null,
    resolutionPct,
    chart: individuals(values),
  };
  return { ...result, verdict: verdictOf(result), warnings: warningsOf(result) };
}

type Unjudged = Omit<Type1Result, 'verdict' | 'warnings'>;

function verdictOf({ cg, cgk, settings }: Unjudged): MsaVerdict {
  if (cg !== null && settings.reference === null)
    return cg >= settings.limit
      ? {
          level: 'good',
          text: `The gauge repeats well enough: Cg = ${cg.toFixed(2)}, limit ${settings.limit}. There is no reference, so nothing is said of its bias.`,
        }
      : {
          level: 'unacceptable',
          text: `The gauge does not repeat well enough: Cg = ${cg.toFixed(2)}, limit ${settings.limit}.`,
        };
  if (cg === null || cgk === null)
    return {
      level: 'notEvaluable',
      text: 'All values are the same, so Cg and Cgk cannot be given: the display is too coarse, or values were copied.',
    };
  const figures = `Cg = ${cg.toFixed(2)}, Cgk = ${cgk.toFixed(2)}, limit ${settings.limit}`;
  if (cg >= settings.limit && cgk >= settings.limit)
    return { level: 'good', text: `The gauge is capable: ${figures}.` };
  const why =
    cg >= settings.limit
      ? 'it repeats well enough but is off the reference: adjust or calibrate it'
      : 'it does not repeat well enough';
  return { level: 'unacceptable', text: `The gauge is not capable: ${figures}; ${why}.` };
}

function warningsOf({ n, p, bias, resolutionPct, chart, settings }: Unjudged): string[] {
  const list: string[] = [];
  if (n < usualCount) list.push(`${n} values are fewer than the usual ${usualCount}: Cg is less certain.`);
  if (p !== null && bias !== null && p < 1 - settings.confidence)
    list.push(
      `The bias of ${bias.toPrecision(4)} is significant: p = ${p < 0.001 ? p.toExponential(2) : p.toFixed(3)}.`,
    );
  if (resolutionPct !== null && resolutionPct > resolutionLimit)
    list.push(
      `One step of the display is ${resolutionPct.toFixed(1)} % of the tolerance; at most ${resolutionLimit} % is asked for.`,
    );
  if (chart.outside.length > 0)
    list.push(
      `${chart.outside.length} value${chart.outside.length === 1 ? ' is' : 's are'} outside the control limits: the gauge was not stable.`,
    );
  if (chart.runs.length > 0) list.push('Eight or more values in a row lie on one side of the mean: the gauge drifted.');
  return list;
}
