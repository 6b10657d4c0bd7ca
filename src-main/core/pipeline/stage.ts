/** What a stage is: typed input and output, quality checks, its time, and a clear outcome when it fails. */
import type { QualityCheck, StageName, StageReport } from '../../contract/index.ts';
import type { AppError } from '../errors/index.ts';

/** `fallback`: done, by a second-best way that the note names. `skipped`: not applicable, the note says why. */
export type Outcome<Out> =
  | {
      readonly status: 'ok' | 'fallback' | 'skipped';
      readonly value: Out;
      readonly checks: QualityCheck[];
      readonly note?: string;
    }
  /** `person`: the input is sound, but a person has to look; the error says at what. */
  | { readonly status: 'person'; readonly error: AppError; readonly checks: QualityCheck[] };

export interface StageContext {
  readonly signal: AbortSignal;
  /** How far this stage is, 0..1. */
  readonly progress: (fraction: number) => void;
}

export interface Stage<In, Out> {
  readonly name: StageName;
  /** Throws an AppError when the input is bad or the work was cancelled. */
  run(input: In, context: StageContext): Promise<Outcome<Out>>;
}

/** A check whose value must not exceed its limit. `beyond` says what exceeding it means. */
export function atMost(
  name: string,
  value: number,
  limit: number,
  message: string,
  options: { unit?: string; beyond?: 'warning' | 'failed' } = {},
): QualityCheck {
  const ok = value <= limit;
  const base = { name, value, limit, ...(options.unit ? { unit: options.unit } : {}) };
  return ok ? { ...base, status: 'ok' } : { ...base, status: options.beyond ?? 'warning', message };
}

/** A check whose value must reach its limit. */
export function atLeast(
  name: string,
  value: number,
  limit: number,
  message: string,
  options: { unit?: string; beyond?: 'warning' | 'failed' } = {},
): QualityCheck {
  const ok = value >= limit;
  const base = { name, value, limit, ...(options.unit ? { unit: options.unit } : {}) };
  return ok ? { ...base, status: 'ok' } : { ...base, status: options.beyond ?? 'warning', message };
}

export const failedCheck = (checks: readonly QualityCheck[]) => checks.find((check) => check.status === 'failed');

/** The report of a stage that could not run because an earlier one did not give what it needs. */
export const skipped = (stage: StageName, note: string): StageReport => ({
  stage,
  status: 'skipped',
  ms: 0,
  checks: [],
  note,
});
