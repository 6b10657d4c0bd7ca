/** Studies as the desk sees them: what is done, what comes next, and no values before the end. */
import type { Study, StudyReading, StudyState, StudyStep, StudySummary } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import type { StoredReading, StoredStudy } from '../store/index.ts';
import type { CompleteStudy } from './results.ts';

export function stateOf({ state, plan }: Pick<StoredStudy, 'state' | 'plan'>, done: number): StudyState {
  return state !== 'cancelled' && done >= plan.steps.length ? 'complete' : state;
}

export function summaryOf(study: StoredStudy, done: number): StudySummary {
  const { id, createdAt, plan } = study;
  const { name, kind, origin, simulated, steps } = plan;
  return { id, name, kind, origin, simulated, createdAt, state: stateOf(study, done), done, steps: steps.length };
}

export function viewOf(study: StoredStudy, readings: readonly StoredReading[], jobId: string | null): Study {
  const { plan } = study;
  const byStep = Map.groupBy(readings, ({ step }) => step);
  const steps = plan.steps.map((step, index): StudyStep => {
    const all = byStep.get(index) ?? [];
    const now = all.find(({ withdrawn }) => withdrawn === null);
    return {
      index,
      part: plan.parts[step.part] ?? '',
      operator: plan.operators[step.operator] ?? '',
      trial: step.trial + 1,
      done: now !== undefined,
      attempts: all.length,
      measured: now ? Object.values(now.reading.values).filter((value) => value !== null).length : 0,
      warnings: now ? now.reading.warnings : [],
      time: now?.time ?? null,
    };
  });
  const done = steps.filter((step) => step.done).length;
  const summary = summaryOf(study, done);
  const open = steps.find((step) => !step.done);
  const calibration = inForceReadings(readings).find((each) => each.calibration !== null)?.calibration ?? null;
  return { summary, plan, steps, calibration, next: summary.state === 'open' ? (open?.index ?? null) : null, jobId };
}

/** The readings that count. */
export const inForceReadings = (readings: readonly StoredReading[]): readonly StudyReading[] =>
  readings.flatMap(({ withdrawn, reading }) => (withdrawn === null ? [reading] : []));

/** @throws AppError `conflict` while steps are open: operators measure blind, so nothing is shown before the end */
export function completeStudy(study: StoredStudy, readings: readonly StoredReading[]): CompleteStudy {
  const { plan } = study;
  const inForce = new Map(
    readings.flatMap(({ step, withdrawn, reading }) => (withdrawn === null ? [[step, reading] as const] : [])),
  );
  const all = plan.steps.flatMap((_, index): StudyReading[] => {
    const reading = inForce.get(index);
    return reading ? [reading] : [];
  });
  if (all.length === plan.steps.length) return { plan, readings: all };
  throw refuse(
    'conflict',
    `${all.length} of ${plan.steps.length} measurements are made; results are shown when all are, as operators measure blind`,
    'finish the study',
  );
}
