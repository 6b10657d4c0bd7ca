/** The eight stages in their order: one side of a card in, its report out, with progress, cancel and clear outcomes. */
import type { AssumptionChanges, Report, StageName, StageReport } from '../../contract/index.ts';
import { stageNames } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import type { AppError } from '../errors/index.ts';
import type { Native } from '../native/index.ts';
import type { PrintMatcher } from '../templates/index.ts';
import { type Outcome, type Stage, skipped } from './stage.ts';
import { acquisition } from './stages/acquisition.ts';
import { measurement } from './stages/measurement.ts';
import { makeReport, type ReportContext, type ResultSink, type Results } from './stages/output.ts';
import { preprocessing } from './stages/preprocessing.ts';
import { quality } from './stages/quality.ts';
import { referencePoints } from './stages/reference-points.ts';
import { refinement } from './stages/refinement.ts';
import { classicalSegmenter, type Segmenter, segmentation } from './stages/segmentation.ts';

export { type CalibrationCheck, type CalibrationInForce, checkRefusal, mappingOf, standingOf } from './calibration.ts';
export { type MapFiles, type ResultSink, reportOnly } from './stages/output.ts';
export { classicalSegmenter, type Segmenter } from './stages/segmentation.ts';

export interface PipelineEvents {
  /** A stage began (`running`) or ended. */
  readonly stage?: (stage: StageName, status: StageReport['status'] | 'running', ms: number | null) => void;
  /** 0..1 over the whole side. */
  readonly progress?: (fraction: number) => void;
}

export interface PipelineOptions extends Omit<ReportContext, 'now'> {
  readonly native: Native;
  readonly now: () => Date;
  readonly sink: ResultSink;
  readonly segmenters?: readonly Segmenter[];
  readonly events?: PipelineEvents;
  /** What a person stated instead of the built-in assumptions of the uncertainty budget. */
  readonly assumptions?: AssumptionChanges | undefined;
  /** Known designs, for cards whose border cannot be measured. */
  readonly prints?: PrintMatcher | undefined;
  /** Leaves photometric stereo and the condition out: the 24-point measurement alone. */
  readonly measureOnly?: boolean;
}

/** Thrown inside the pipeline to skip the stages after one that needs a person; never leaves it. */
class NeedsPerson extends Error {
  readonly refusal: AppError;
  constructor(refusal: AppError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const weights: Readonly<Record<StageName, number>> = {
  acquisition: 35,
  preprocessing: 20,
  segmentation: 6,
  referencePoints: 1,
  refinement: 8,
  measurement: 1,
  quality: 14,
  output: 15,
};
const totalWeight = Object.values(weights).reduce((sum, w) => sum + w, 0);

/**
 * Runs one side through the pipeline and delivers its report.
 * @throws AppError when the input is bad (nothing is delivered) or the work was cancelled. A side that the machine cannot
 * grade is not an error: its report says why and what a person should look at.
 */
export async function runPipeline(given: CaptureInput, options: PipelineOptions, signal: AbortSignal): Promise<Report> {
  const { calibration = null } = options;
  const input = calibration ? { ...given, pixelPitchMm: calibration.pitchMm, calibrationId: calibration.id } : given;
  const run = new Run(options, signal);
  const results: { -readonly [K in keyof Results]: Results[K] } = { input };
  try {
    try {
      const { native } = options;
      results.acquired = await run.stage(acquisition(native, calibration), input);
      const preprocessed = options.measureOnly
        ? run.leaveOut('preprocessing', { ...results.acquired, maps: null, solved: null })
        : await run.stage(preprocessing(native), results.acquired);
      results.preprocessed = preprocessed;
      const segmenters = options.segmenters ?? [classicalSegmenter(native)];
      const segmented = await run.stage(segmentation(segmenters), preprocessed);
      const referenced = await run.stage(referencePoints, segmented);
      const refined = await run.stage(refinement, referenced);
      results.measured = await run.stage(measurement(options.prints, options.assumptions), refined);
      await run.photographs(results);
      results.assessed = options.measureOnly
        ? run.leaveOut('quality', { ...results.measured, condition: null })
        : await run.stage(quality(native), results.measured);
    } catch (error) {
      if (!(error instanceof NeedsPerson)) throw error;
      results.error = error.refusal;
      run.skipRest(error.refusal.data.message);
    }
    return await run.output(results);
  } finally {
    results.preprocessed?.maps?.free();
    results.acquired?.stack.free();
  }
}

class Run {
  readonly #options: PipelineOptions;
  readonly #signal: AbortSignal;
  readonly #stages: StageReport[] = [];
  /** What handing the photographs out took, which is part of the output; null before. */
  #handOutMs: number | null = null;

  constructor(options: PipelineOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Runs a stage, times it and keeps its report; a stage that needs a person ends the measuring. */
  async stage<In, Out>(stage: Stage<In, Out>, input: In): Promise<Out> {
    this.#signal.throwIfAborted();
    this.#options.events?.stage?.(stage.name, 'running', null);
    const started = performance.now();
    const progress = (fraction: number) => this.#progress(stage.name, fraction);
    const outcome: Outcome<Out> = await stage.run(input, { signal: this.#signal, progress });
    const ms = performance.now() - started;
    const note = outcome.status === 'person' ? outcome.error.data.message : outcome.note;
    this.#keep({ stage: stage.name, status: outcome.status, ms, checks: outcome.checks, ...(note ? { note } : {}) });
    if (outcome.status === 'person') throw new NeedsPerson(outcome.error);
    return outcome.value;
  }

  leaveOut<Out>(stage: StageName, value: Out): Out {
    this.#keep(skipped(stage, 'not asked for'));
    return value;
  }

  skipRest(why: string): void {
    const done = new Set(this.#stages.map((s) => s.stage));
    for (const name of stageNames) if (!done.has(name) && name !== 'output') this.#keep(skipped(name, why));
  }

  /** Hands the photographs out and lets them go, once: they are most of what a side holds in memory. */
  async photographs({ acquired, preprocessed }: Results): Promise<void> {
    if (!acquired || this.#handOutMs !== null) return;
    this.#handOutMs = 0;
    const started = performance.now();
    const { sink } = this.#options;
    await sink.photographs(acquired.stack, this.#signal);
    await preprocessed?.maps?.withoutFrames(sink.wantsGloss, this.#signal);
    acquired.stack.free();
    this.#handOutMs = performance.now() - started;
  }

  async output(results: Results): Promise<Report> {
    this.#signal.throwIfAborted();
    this.#options.events?.stage?.('output', 'running', null);
    await this.photographs(results);
    const started = performance.now() - (this.#handOutMs ?? 0);
    const maps = results.preprocessed?.maps;
    if (maps) await this.#options.sink.prepare(maps, this.#signal);
    const stages: StageReport[] = [
      ...this.#stages,
      { stage: 'output', status: 'ok', ms: performance.now() - started, checks: [] },
    ];
    const report = makeReport(results, stages, { ...this.#options, now: this.#options.now() });
    this.#signal.throwIfAborted();
    await this.#options.sink.commit(report);
    this.#keep({ stage: 'output', status: 'ok', ms: performance.now() - started, checks: [] });
    return report;
  }

  #keep(report: StageReport): void {
    this.#stages.push(report);
    this.#progress(report.stage, 1);
    this.#options.events?.stage?.(report.stage, report.status, report.ms);
  }

  #progress(stage: StageName, fraction: number): void {
    const before = stageNames.slice(0, stageNames.indexOf(stage)).reduce((sum, name) => sum + weights[name], 0);
    this.#options.events?.progress?.((before + weights[stage] * Math.min(1, Math.max(0, fraction))) / totalWeight);
  }
}
