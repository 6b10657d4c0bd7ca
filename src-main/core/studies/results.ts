/** From the readings of a complete study to the results of each response. */
import type {
  LinearityResult,
  MsaResult,
  Response,
  ResponseResult,
  StudyPlan,
  StudyReading,
  StudySettings,
} from '../../contract/index.ts';
import { AppError, refuse } from '../errors/index.ts';
import { componentFinder, crossed, gaugeRr, linearity, type1 } from '../msa/index.ts';
import { referenceOf, toleranceOf } from './responses.ts';

/** A study with one reading in force for every step, in their order. */
export interface CompleteStudy {
  readonly plan: StudyPlan;
  readonly readings: readonly StudyReading[];
}

/**
 * The analysis of one response.
 * @throws AppError `notFound` for an unknown response, `value.invalid` when it cannot be analysed, with the reason
 */
export function analyseResponse(study: CompleteStudy, key: string, settings: StudySettings): MsaResult {
  const response = study.plan.responses.find((each) => each.key === key);
  if (!response)
    throw refuse('notFound', `the study has no response "${key}"`, 'choose one of its responses', {
      field: 'response',
    });
  const values = numbersOf(study, response);
  const { plan } = study;
  const tolerance = toleranceOf(response, plan.tolerances);
  switch (plan.kind) {
    case 'grr':
      return gaugeRr(
        crossed(
          plan.steps.map(({ part, operator, trial }, i) => ({
            part: plan.parts[part] ?? '',
            operator: plan.operators[operator] ?? '',
            trial: String(trial),
            value: values[i] ?? Number.NaN,
            place: `step ${i + 1}`,
          })),
        ),
        { ...settings, tolerance },
      );
    case 'type1':
      if (tolerance === null)
        throw refuse(
          'value.invalid',
          'Cg needs a tolerance, and none is planned for this response',
          'plan the study anew with a tolerance for this group of responses',
        );
      return type1(values, {
        reference: referenceOf(response, plan, study.readings),
        tolerance,
        ...{ percent: 20, spread: 6, resolution: null, limit: 1.33, confidence: settings.confidence },
      });
    case 'linearity':
      return linearityOf(plan, values, settings);
  }
}

function linearityOf(plan: StudyPlan, values: readonly number[], settings: StudySettings): LinearityResult {
  const readings = plan.steps.map(({ part }, i) => {
    const name = plan.parts[part] ?? '';
    return { part: name, reference: plan.references[name] ?? Number.NaN, value: values[i] ?? Number.NaN };
  });
  return linearity(readings, { processVariation: null, alpha: 0.05, confidence: settings.confidence });
}

/** @throws AppError when a reading lacks the response: a study with holes is not balanced */
function numbersOf({ plan, readings }: CompleteStudy, { key, label }: Response): readonly number[] {
  const values = readings.map((reading) => reading.values[key] ?? null);
  const missing = values.flatMap((value, i) => (value === null ? [i] : []));
  if (missing.length > 0) {
    const cards = [...new Set(missing.map((i) => plan.parts[plan.steps[i]?.part ?? 0] ?? ''))];
    throw refuse(
      'value.invalid',
      `${label} is missing in ${missing.length} of ${values.length} measurements (${cards.join(', ')})`,
      'measure those steps again, or leave cards without this border out of the study',
    );
  }
  return values.flatMap((value) => value ?? []);
}

/** All responses in a line each; those that cannot be analysed say why. */
export function overview(study: CompleteStudy, settings: StudySettings): readonly ResponseResult[] {
  return study.plan.responses.map((response) => {
    const tolerance = toleranceOf(response, study.plan.tolerances);
    try {
      const expandedU = statedU(study.readings, response.key);
      return { ...nothing, response, tolerance, expandedU, ...lineOf(analyseResponse(study, response.key, settings)) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ...nothing, response, tolerance, reason: error.data.message };
    }
  });
}

/** Root mean square of what the readings state, where all of them do. */
function statedU(readings: readonly StudyReading[], key: string): number | null {
  const stated = readings.flatMap(({ uncertainties }) => uncertainties[key] ?? []);
  if (stated.length === 0 || stated.length < readings.length) return null;
  return Math.sqrt(stated.reduce((sum, u) => sum + u * u, 0) / stated.length);
}

const nothing = {
  gaugeSd: null,
  expandedU: null,
  studyVariationPct: null,
  tolerancePct: null,
  ndc: null,
  pooled: null,
  cg: null,
  cgk: null,
  bias: null,
  level: 'notEvaluable',
  reason: null,
} as const;

function lineOf(result: MsaResult): Partial<ResponseResult> {
  const { level } = result.verdict;
  switch (result.kind) {
    case 'grr': {
      const { sd, studyVariationPct, tolerancePct } = componentFinder(result.components)('totalGrr');
      return {
        level,
        gaugeSd: sd,
        studyVariationPct,
        tolerancePct,
        ndc: result.ndcUnrounded,
        pooled: result.anova.pooled,
      };
    }
    case 'type1':
      return { level, gaugeSd: result.sd, cg: result.cg, cgk: result.cgk, bias: result.bias };
    case 'linearity':
      return { level, gaugeSd: result.residualSd, bias: result.averageBias };
    case 'agreement':
    case 'stability':
      return { level, gaugeSd: result.sd };
  }
}
