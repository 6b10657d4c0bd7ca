/** Plans of guided studies: who measures which card when, in an order that nobody can guess. */
import { type StudyPlan, type StudyRequest, studyRequestSchema } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import { parseWith } from '../errors/parse.ts';
import { cardResponses } from './responses.ts';

export interface PlanContext {
  /** Whether the rig of the request is a simulated one. */
  readonly simulated: boolean;
  readonly software: StudyPlan['software'];
  /** 0..2^31: what the order is drawn from; kept in the plan. */
  readonly seed: number;
}

/** Largest number of measurements in a study: a day's work. */
const mostSteps = 1000;

/** @throws AppError naming the field of the request */
export function makePlan(request: StudyRequest, context: PlanContext): StudyPlan {
  const { kind, parts, operators, trials, rigId, ...rest } = parseWith(studyRequestSchema, request, undefined);
  const need = (field: string, message: string, next: string) => refuse('value.invalid', message, next, { field });
  if (kind === 'grr') {
    if (parts.length < 2) throw need('parts', 'a gauge study needs at least two cards', 'add cards; ten are usual');
    if (operators.length < 2)
      throw need('operators', 'a gauge study needs at least two operators', 'add operators, or plan a type-1 study');
    if (trials > 10) throw need('trials', `${trials} trials are too many`, 'plan 2 to 10; three are usual');
  } else {
    if (parts.length > 1) throw need('parts', 'a type-1 study has one card', 'leave the others out');
    if (operators.length > 1) throw need('operators', 'a type-1 study has one operator', 'leave the others out');
    if (trials < 10) throw need('trials', `${trials} measurements are too few`, 'plan at least 10; fifty are usual');
  }
  const count = parts.length * operators.length * trials;
  if (count > mostSteps) throw need('trials', `${count} measurements are planned`, `plan at most ${mostSteps}`);
  return {
    ...rest,
    ...{ kind, parts, operators, trials, rigId },
    origin: rigId === null ? 'files' : 'rig',
    simulated: context.simulated,
    responses: [...cardResponses],
    steps: orderOf(parts.length, operators.length, trials, context.seed),
    software: context.software,
    seed: context.seed,
  };
}

/**
 * Trial after trial, operator after operator, and each time the cards in a new random order: between two measurements
 * of one card by one operator lie those of all other cards, so that nobody remembers (AIAG MSA 4th edition, III-B).
 */
export function orderOf(parts: number, operators: number, trials: number, seed: number): StudyPlan['steps'] {
  const random = uniform(seed);
  const steps: StudyPlan['steps'] = [];
  for (let trial = 0; trial < trials; trial++)
    for (const operator of shuffled(operators, random))
      for (const part of shuffled(parts, random)) steps.push({ part, operator, trial });
  return steps;
}

/** 0..n-1 in random order (Fisher and Yates). */
function shuffled(n: number, random: () => number): number[] {
  const list = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j] ?? 0, list[i] ?? 0];
  }
  return list;
}

/** Uniform in 0..1 (mulberry32), the same for the same seed wherever it runs. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a placement's noise is drawn from: different for every step and attempt of every study. */
export const placementSeed = (plan: StudyPlan, step: number, attempt: number): number =>
  (Math.imul(plan.seed ^ 0x5bd1e995, 1 + step * 31 + attempt * 7919) >>> 0) + step;
