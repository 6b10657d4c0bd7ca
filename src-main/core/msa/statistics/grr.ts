/** Gauge R&R of one response: analysis of variance or average and range, with ndc, verdict and warnings. */
import type { Component, GrrResult, GrrSettings, MsaVerdict, Ranges } from '../../../contract/msa.ts';
import { anova } from './anova.ts';
import { componentsOfAnova, componentsOfRanges } from './components.ts';
import type { CrossedStudy } from './crossed.ts';
import { averageAndRange } from './ranges.ts';

/** AIAG MSA 4th edition, II-D: below 10 % acceptable, 10 to 30 % conditional, above 30 % not; at least 5 categories. */
export const guide = { good: 10, conditional: 30, categories: 5 } as const;
/** Categories of width sqrt(2) GRR; AIAG's form of the average and range method has 1.41, and is taken as printed. */
const ndcFactor = { anova: Math.SQRT2, 'xbar-r': 1.41 } as const;

export function gaugeRr(study: CrossedStudy, settings: GrrSettings): GrrResult {
  const ranges = averageAndRange(study);
  const table = anova(study, settings.alpha, settings.interaction);
  const size = { parts: study.parts.length, operators: study.operators.length, trials: study.trials };
  const components =
    settings.method === 'anova' ? componentsOfAnova(table, size, settings) : componentsOfRanges(ranges, settings);
  const of = componentFinder(components);
  const [gauge, part] = [of('totalGrr').sd ?? 0, of('part').sd ?? 0];
  // The ratio of two standard deviations; a square root over it, as one public calculator prints, is wrong.
  const ndcUnrounded = gauge > 0 ? (ndcFactor[settings.method] * part) / gauge : null;
  const { full, reduced, pooled, decision } = table;
  const result = {
    kind: 'grr' as const,
    settings,
    parts: [...study.parts],
    operators: [...study.operators],
    trials: study.trials,
    anova: { full: [...full], reduced: reduced && [...reduced], pooled, decision },
    ranges,
    components: [...components],
    ndc: ndcUnrounded === null ? null : Math.max(1, Math.floor(ndcUnrounded)),
    ndcUnrounded,
    values: study.values.map((row) => row.map((cell) => [...cell])),
  };
  const warnings = warningsOf(result, ranges);
  return { ...result, verdict: verdictOf(result), warnings };
}

/** The named component of a result, which always has all of them. */
export function componentFinder(components: readonly Component[]): (name: Component['name']) => Component {
  return (name) => {
    const found = components.find((component) => component.name === name);
    if (!found) throw new Error(`a gauge study without ${name}`);
    return found;
  };
}

type Unjudged = Omit<GrrResult, 'verdict' | 'warnings'>;

/** By share of the tolerance where there is one, else of the study variation. */
export function judgedShare(components: readonly Component[]): {
  pct: number | null;
  of: 'tolerance' | 'study variation';
} {
  const { tolerancePct, studyVariationPct } = componentFinder(components)('totalGrr');
  return tolerancePct === null
    ? { pct: studyVariationPct, of: 'study variation' }
    : { pct: tolerancePct, of: 'tolerance' };
}

function verdictOf(result: Unjudged): MsaVerdict {
  const share = judgedShare(result.components);
  if (share.pct === null || result.ndcUnrounded === null)
    return {
      level: 'notEvaluable',
      text: 'Repeated measurements do not differ at all, so the gauge cannot be judged: the values are too coarsely rounded, or were copied.',
    };
  const pct = `${share.pct.toFixed(1)} % of the ${share.of}`;
  const bands = `AIAG's guide: below ${guide.good} % acceptable, up to ${guide.conditional} % depending on use and cost, above that not acceptable`;
  if (share.pct < guide.good) return { level: 'good', text: `The gauge takes up ${pct}: acceptable (${bands}).` };
  if (share.pct <= guide.conditional)
    return { level: 'conditional', text: `The gauge takes up ${pct}: may be acceptable for some uses (${bands}).` };
  return { level: 'unacceptable', text: `The gauge takes up ${pct}: not acceptable (${bands}).` };
}

function warningsOf(result: Unjudged, ranges: Ranges): string[] {
  const { components, ndcUnrounded, ndc, parts, operators, trials } = result;
  const clamped = components.filter((component) => component.clamped).map(({ name }) => name);
  const share = componentFinder(components)('totalGrr');
  const list: string[] = [];
  if (ndcUnrounded !== null && ndc !== null && ndcUnrounded < guide.categories)
    list.push(
      `Only ${ndc} distinct categor${ndc === 1 ? 'y' : 'ies'} (${ndcUnrounded.toFixed(2)} before rounding down; at least ${guide.categories} are asked for): the parts of this study are too alike for the gauge, or the gauge too coarse.`,
    );
  if (clamped.length > 0)
    list.push(`The estimated variance of ${clamped.join(' and ')} was below zero and is set to zero.`);
  if (ranges.rangesOut > 0)
    list.push(
      `${ranges.rangesOut} range${ranges.rangesOut === 1 ? ' is' : 's are'} above the control limit: look at those measurements before trusting the study.`,
    );
  if (ranges.averagesOutPct < 50 && ndcUnrounded !== null)
    list.push(
      `Only ${ranges.averagesOutPct.toFixed(0)} % of the averages are outside the control limits (more than half are expected of a gauge that tells these parts apart).`,
    );
  if (
    share.tolerancePct !== null &&
    share.studyVariationPct !== null &&
    share.studyVariationPct > guide.conditional &&
    share.tolerancePct <= guide.conditional
  )
    list.push(
      `Measured by the study variation the gauge takes up ${share.studyVariationPct.toFixed(1)} %: fit to judge the tolerance, not to tell these parts apart.`,
    );
  const measured = parts.length * operators.length * trials;
  if (parts.length < 5 || operators.length < 2 || measured < 30)
    list.push(
      `${parts.length} parts x ${operators.length} operators x ${trials} trials is a small study: the intervals are wide (AIAG works with 10 x 3 x 3).`,
    );
  return list;
}
