/** Stage 8, results output: the report with its grade, and the pictures and files that go with it. */
import type { Report, StageReport } from '../../../contract/index.ts';
import type { CaptureInput } from '../../capture/index.ts';
import type { AppError } from '../../errors/index.ts';
import { allStandards, gradeSide, type Standard, verdictsOf } from '../../grading/index.ts';
import type { NativeMaps, NativeStack } from '../../native/index.ts';
import { type CalibrationInForce, standingOf } from '../calibration.ts';
import type { Acquired } from './acquisition.ts';
import type { Measured } from './measurement.ts';
import type { Preprocessed } from './preprocessing.ts';
import type { Assessed } from './quality.ts';

/** What the stages before this one gave; a stage that needed a person leaves the later parts out. */
export interface Results {
  readonly input: CaptureInput;
  readonly acquired?: Acquired;
  readonly preprocessed?: Preprocessed;
  readonly measured?: Measured;
  readonly assessed?: Assessed;
  readonly error?: AppError;
}

export interface ReportContext {
  readonly standard: Standard;
  /** All that the centering is held against; the built-in ones when not given. */
  readonly standards?: readonly Standard[] | undefined;
  readonly software: { readonly version: string; readonly commit: string };
  readonly now: Date;
  /** The accepted calibration that the side was photographed under. */
  readonly calibration?: CalibrationInForce | null;
  /** Names of the map files beside the report, when the sink writes them. */
  readonly mapFiles?: MapFiles | undefined;
}

export interface MapFiles {
  readonly normals: string;
  readonly albedo: string;
  readonly height: string;
  readonly gloss: string;
}

/** Where results go: a folder for the command line, the store for the workstation. */
export interface ResultSink {
  /** Whether it will ask for the map of gloss, which is made while the photographs are there. */
  readonly wantsGloss: boolean;
  /** Takes what it wants of the photographs, which are let go after that. Nothing may be visible to others yet. */
  photographs(stack: NativeStack, signal: AbortSignal): Promise<void>;
  /** Takes what it wants of the maps, which live until the pipeline has ended. Nothing may be visible to others yet. */
  prepare(maps: NativeMaps, signal: AbortSignal): Promise<void>;
  /** Makes everything visible at once, together with the report. */
  commit(report: Report): Promise<void>;
}

/** Keeps neither pictures nor maps: the report goes to the one who asked. */
export const reportOnly: ResultSink = {
  wantsGloss: false,
  photographs: async () => undefined,
  prepare: async () => undefined,
  commit: async () => undefined,
};

/** Puts the report together; grading is the last thing that is computed. */
export function makeReport(results: Results, stages: readonly StageReport[], context: ReportContext): Report {
  const { input, acquired, preprocessed, measured, assessed, error } = results;
  const condition = assessed?.condition ?? null;
  const surface = condition && {
    defects: condition.defects,
    judgedFraction: condition.judgedFraction,
    foilFraction: condition.foilFraction,
    notes: condition.notes,
  };
  const evidence = {
    side: input.side,
    measurement: measured?.measurement ?? null,
    corners: condition?.corners ?? null,
    edges: condition?.edges ?? null,
    surface,
  };
  const graded = gradeSide(evidence, context.standard);
  const solved = preprocessed?.solved;
  return {
    schema: 'trugrade.report/1',
    capture: input.name,
    side: input.side,
    cardId: input.cardId,
    simulated: input.simulated,
    linear: input.encoding === 'linear',
    createdAt: context.now.toISOString(),
    software: context.software,
    measurement: evidence.measurement,
    calibration: context.calibration ? standingOf(context.calibration) : null,
    mapping: acquired?.calibration ?? null,
    photometric: solved
      ? {
          normals: context.mapFiles?.normals ?? null,
          albedo: context.mapFiles?.albedo ?? null,
          height: context.mapFiles?.height ?? null,
          gloss: context.mapFiles?.gloss ?? null,
          method: solved.method,
          unknownFraction: solved.unknownFraction,
          medianResidual: solved.medianResidual,
          lights: input.lights.length,
          lightsId: input.lightsId ?? null,
        }
      : null,
    surface,
    corners: graded.corners,
    edges: graded.edges,
    grade: error ? { ...graded.grade, reason: `${error.data.message}; ${error.data.next}` } : graded.grade,
    verdicts: verdictsOf(evidence.measurement, input.side, context.standards ?? allStandards),
    card: null,
    quality: {
      stages: [...stages],
      needsPerson: error !== undefined || graded.grade.overall === null,
      warnings: stages.flatMap((s) => s.checks.flatMap((c) => (c.status === 'ok' ? [] : (c.message ?? c.name)))),
    },
    error: error?.data ?? null,
    timingMs: { decode: acquired?.decodeMs ?? 0, total: stages.reduce((sum, s) => sum + s.ms, 0) },
  };
}
