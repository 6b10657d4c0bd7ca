/** Guided studies of the measuring system: their plan, their steps, what was measured, and the results per response. */
import { z } from 'zod';
import { chartSchema } from './charts.ts';
import { grrSettingsSchema, msaLevelSchema, msaResultSchema } from './msa.ts';
import { calibrationStandingSchema } from './report.ts';

export const studyKindSchema = z.enum(['grr', 'type1', 'linearity']);
export type StudyKind = z.infer<typeof studyKindSchema>;

/** Groups of responses that share a tolerance: widths and mean widths in mm, centering in percentage points, size in mm. */
export const responseGroupSchema = z.enum(['station', 'mean', 'centering', 'size', 'column']);
export const responseSchema = z.object({
  key: z.string(),
  label: z.string(),
  group: responseGroupSchema,
  unit: z.string(),
});
export type Response = z.infer<typeof responseSchema>;

const name = z.string().trim().min(1).max(80);
const names = (most: number) =>
  z
    .array(name)
    .min(1)
    .max(most)
    .refine((list) => new Set(list).size === list.length, 'each name may stand there once');
const positive = z.number().finite().positive();

/** Upper less lower limit of each group; null where none is set. */
export const tolerancesSchema = z.object({
  width: positive.max(100).nullable(),
  centering: positive.max(100).nullable(),
  size: positive.max(100).nullable(),
  column: positive.nullable().default(null),
});
export type Tolerances = z.infer<typeof tolerancesSchema>;

export const studyRequestSchema = z.object({
  kind: z.enum(['grr', 'type1']),
  name,
  parts: names(30),
  operators: names(10),
  trials: z.int().min(2).max(200),
  /** Whether the card is taken off and placed again before each measurement. */
  replace: z.boolean().default(true),
  /** Where pictures come from: a rig, or files that the operator chooses at each step. */
  rigId: z.string().max(100).nullable(),
  tolerances: tolerancesSchema,
  /** True values of a type-1 study by response; those of the simulated rig come from its own truth. */
  references: z.record(z.string().max(80), z.number().finite()).default({}),
  /** Temperature, humidity, calibration, anything a reader must know. */
  conditions: z.string().max(2000).default(''),
});
export type StudyRequest = z.infer<typeof studyRequestSchema>;

/** As stored: never changed after it was made. */
export const studyPlanSchema = z.object({
  kind: studyKindSchema,
  name: z.string(),
  parts: z.array(z.string()),
  operators: z.array(z.string()),
  trials: z.int(),
  replace: z.boolean(),
  origin: z.enum(['rig', 'files', 'csv']),
  rigId: z.string().nullable(),
  simulated: z.boolean(),
  tolerances: tolerancesSchema,
  references: z.record(z.string(), z.number()),
  conditions: z.string(),
  responses: z.array(responseSchema),
  /** In the order of measuring. */
  steps: z.array(z.object({ part: z.int(), operator: z.int(), trial: z.int() })),
  software: z.object({ version: z.string(), commit: z.string() }),
  /** What the random order was drawn from. */
  seed: z.int(),
});
export type StudyPlan = z.infer<typeof studyPlanSchema>;

/** The calibration that a measurement stands on, as it stood at that moment. */
export const studyCalibrationSchema = calibrationStandingSchema.extend({
  name: z.string(),
  pitchMm: z.number(),
  scale: z.enum(['certified', 'stated']),
});
export type StudyCalibration = z.infer<typeof studyCalibrationSchema>;

/** One measurement of one step; a value is null where it could not be measured. */
export const studyReadingSchema = z.object({
  values: z.record(z.string(), z.number().nullable()),
  /** Expanded uncertainty (k = 2) of the values that have one; without a calibration the repeatability alone. */
  uncertainties: z.record(z.string(), z.number()).default({}),
  /** Null where the scale stands on no calibration. */
  calibration: studyCalibrationSchema.nullable().default(null),
  /** What the simulator knows, for simulated cards. */
  truth: z.record(z.string(), z.number()).nullable(),
  source: z.string(),
  simulated: z.boolean(),
  warnings: z.array(z.string()),
  software: z.object({ version: z.string(), commit: z.string() }),
});
export type StudyReading = z.infer<typeof studyReadingSchema>;

export const studyStateSchema = z.enum(['open', 'paused', 'cancelled', 'complete']);
export type StudyState = z.infer<typeof studyStateSchema>;

export const studySummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: studyKindSchema,
  origin: studyPlanSchema.shape.origin,
  state: studyStateSchema,
  createdAt: z.string(),
  simulated: z.boolean(),
  done: z.int(),
  steps: z.int(),
});
export type StudySummary = z.infer<typeof studySummarySchema>;

/** A step as the running study shows it: never with values, so that operators measure blind. */
export const studyStepSchema = z.object({
  index: z.int(),
  part: z.string(),
  operator: z.string(),
  trial: z.int(),
  done: z.boolean(),
  /** How often it was measured; above 1 after a redo. */
  attempts: z.int(),
  measured: z.int(),
  warnings: z.array(z.string()),
  time: z.string().nullable(),
});
export type StudyStep = z.infer<typeof studyStepSchema>;

export const studySchema = z.object({
  summary: studySummarySchema,
  plan: studyPlanSchema,
  steps: z.array(studyStepSchema),
  /** Index of the step to measure now; null when nothing is left or the study is not open. */
  next: z.int().nullable(),
  /** What the measurements in force stand on; null where there is none yet, or no calibration behind them. */
  calibration: studyCalibrationSchema.nullable(),
  /** The job that measures it at this moment. */
  jobId: z.string().nullable(),
});
export type Study = z.infer<typeof studySchema>;

export const studyIdInput = z.object({ id: z.string().min(1).max(100) });
export const studySettingsInput = studyIdInput.extend({
  settings: grrSettingsSchema.omit({ tolerance: true }).prefault({}),
});
export type StudySettings = z.infer<typeof studySettingsInput>['settings'];

/** One row of the overview: the gauge as seen by one response. */
export const responseResultSchema = z.object({
  response: responseSchema,
  tolerance: z.number().nullable(),
  /** Standard deviation of the gauge, in the response's unit. */
  gaugeSd: z.number().nullable(),
  /** What the instrument states of one reading: root mean square of the U (k = 2) of all readings. */
  expandedU: z.number().nullable(),
  studyVariationPct: z.number().nullable(),
  tolerancePct: z.number().nullable(),
  ndc: z.number().nullable(),
  pooled: z.boolean().nullable(),
  cg: z.number().nullable(),
  cgk: z.number().nullable(),
  bias: z.number().nullable(),
  level: msaLevelSchema,
  /** Why there is no figure, when there is none. */
  reason: z.string().nullable(),
});
export type ResponseResult = z.infer<typeof responseResultSchema>;

export const responseDetailSchema = z.object({
  response: responseSchema,
  result: msaResultSchema,
  charts: z.array(chartSchema),
  method: z.string(),
});
export type ResponseDetail = z.infer<typeof responseDetailSchema>;

export const studyImportSchema = z.object({
  kind: studyKindSchema,
  /** Name of the file, for messages and as the study's name. */
  file: z.string().min(1).max(255),
  text: z.string().max(900_000),
  tolerance: positive.nullable().default(null),
  /** The true value, for a type-1 study. */
  reference: z.number().finite().nullable().default(null),
});
export type StudyImport = z.infer<typeof studyImportSchema>;
