/** Measurement-system analysis: what a gauge R&R, type-1, linearity, agreement or stability analysis says. */
import { z } from 'zod';

export const msaMethodSchema = z.enum(['anova', 'xbar-r']);
export type MsaMethod = z.infer<typeof msaMethodSchema>;

/** `auto` pools the interaction when its p-value is above alpha; `keep` and `drop` decide it beforehand. */
export const interactionRuleSchema = z.enum(['auto', 'keep', 'drop']);
export type InteractionRule = z.infer<typeof interactionRuleSchema>;

export const grrSettingsSchema = z.object({
  method: msaMethodSchema.default('anova'),
  /** Pooling rule: the interaction is dropped when p > alpha. AIAG uses 0.25, Minitab 0.05. */
  alpha: z.number().min(0).max(1).default(0.25),
  interaction: interactionRuleSchema.default('auto'),
  /** Standard deviations in a study variation: 6 (99.73 %), or 5.15 (99 %) in older practice. */
  studyK: z.number().positive().max(20).default(6),
  /** Upper less lower limit, in the unit of the values; null when there is none. */
  tolerance: z.number().positive().nullable().default(null),
  /** Of the intervals. */
  confidence: z.number().min(0.5).max(0.999).default(0.95),
});
export type GrrSettings = z.infer<typeof grrSettingsSchema>;

export const msaLevelSchema = z.enum(['good', 'conditional', 'unacceptable', 'notEvaluable']);
export type MsaLevel = z.infer<typeof msaLevelSchema>;
export const msaVerdictSchema = z.object({ level: msaLevelSchema, text: z.string() });
export type MsaVerdict = z.infer<typeof msaVerdictSchema>;

const interval = z.tuple([z.number(), z.number()]);

export const anovaRowSchema = z.object({
  source: z.enum(['part', 'operator', 'interaction', 'repeatability', 'total']),
  ss: z.number(),
  df: z.int(),
  ms: z.number().nullable(),
  f: z.number().nullable(),
  p: z.number().nullable(),
});
export type AnovaRow = z.infer<typeof anovaRowSchema>;

export const componentNames = [
  'totalGrr',
  'repeatability',
  'reproducibility',
  'operator',
  'interaction',
  'part',
  'total',
] as const;
export const componentSchema = z.object({
  name: z.enum(componentNames),
  /** Null where the model has no such component (a pooled interaction). */
  variance: z.number().nullable(),
  /** Confidence interval of the variance; null by ranges. */
  varianceInterval: interval.nullable(),
  /** The estimate was below zero and is set to zero. */
  clamped: z.boolean(),
  sd: z.number().nullable(),
  contributionPct: z.number().nullable(),
  studyVariationPct: z.number().nullable(),
  /** Null without a tolerance. */
  tolerancePct: z.number().nullable(),
  tolerancePctInterval: interval.nullable(),
});
export type Component = z.infer<typeof componentSchema>;

/** The average-and-range method and the limits of both charts. */
export const rangesSchema = z.object({
  meanRangeByOperator: z.array(z.number()),
  meanRange: z.number(),
  /** Largest less smallest mean of an operator, and of a part. */
  operatorDifference: z.number(),
  partRange: z.number(),
  equipmentVariation: z.number(),
  appraiserVariation: z.number(),
  appraiserClamped: z.boolean(),
  gaugeVariation: z.number(),
  partVariation: z.number(),
  totalVariation: z.number(),
  constants: z.object({
    k1: z.number(),
    k2: z.number(),
    k3: z.number(),
    a2: z.number(),
    d3: z.number(),
    d4: z.number(),
  }),
  rangeLimits: z.object({ lower: z.number(), centre: z.number(), upper: z.number() }),
  averageLimits: z.object({ lower: z.number(), centre: z.number(), upper: z.number() }),
  /** Ranges above the limit: measurements to look at. */
  rangesOut: z.int(),
  /** Share of part means outside the limits of the averages: above one half, the gauge tells parts apart. */
  averagesOutPct: z.number(),
});
export type Ranges = z.infer<typeof rangesSchema>;

export const grrResultSchema = z.object({
  kind: z.literal('grr'),
  settings: grrSettingsSchema,
  parts: z.array(z.string()),
  operators: z.array(z.string()),
  trials: z.int(),
  anova: z.object({
    full: z.array(anovaRowSchema),
    reduced: z.array(anovaRowSchema).nullable(),
    pooled: z.boolean(),
    /** Why it was pooled or not, with p and alpha. */
    decision: z.string(),
  }),
  ranges: rangesSchema,
  components: z.array(componentSchema),
  /** Number of distinct categories, 1.41 PV / GRR, rounded down to at least 1; null when it cannot be said. */
  ndc: z.int().nullable(),
  ndcUnrounded: z.number().nullable(),
  /** `values[part][operator][trial]`. */
  values: z.array(z.array(z.array(z.number()))),
  verdict: msaVerdictSchema,
  warnings: z.array(z.string()),
});
export type GrrResult = z.infer<typeof grrResultSchema>;

export const type1SettingsSchema = z.object({
  /** Null where no true value is known: then there is Cg alone. */
  reference: z.number().nullable(),
  tolerance: z.number().positive(),
  /** Percent of the tolerance that the gauge may take up (K), and its spread in standard deviations (L). */
  percent: z.number().positive().max(100).default(20),
  spread: z.number().positive().max(20).default(6),
  /** Smallest step of the instrument; null when it is not stated. */
  resolution: z.number().positive().nullable().default(null),
  /** Least acceptable Cg and Cgk. */
  limit: z.number().positive().default(1.33),
  confidence: z.number().min(0.5).max(0.999).default(0.95),
});
export type Type1Settings = z.infer<typeof type1SettingsSchema>;

const individualsSchema = z.object({
  centre: z.number(),
  lower: z.number(),
  upper: z.number(),
  /** Indexes of points outside the limits, and of runs of eight on one side. */
  outside: z.array(z.int()),
  runs: z.array(z.int()),
});
export const type1ResultSchema = z.object({
  kind: z.literal('type1'),
  settings: type1SettingsSchema,
  values: z.array(z.number()),
  n: z.int(),
  mean: z.number(),
  sd: z.number(),
  /** Null without a reference. */
  bias: z.number().nullable(),
  biasInterval: interval.nullable(),
  studyVariation: z.number(),
  /** Null where the values do not vary; Cgk also without a reference. */
  cg: z.number().nullable(),
  cgk: z.number().nullable(),
  repeatabilityPct: z.number().nullable(),
  repeatabilityAndBiasPct: z.number().nullable(),
  t: z.number().nullable(),
  p: z.number().nullable(),
  resolutionPct: z.number().nullable(),
  chart: individualsSchema,
  verdict: msaVerdictSchema,
  warnings: z.array(z.string()),
});
export type Type1Result = z.infer<typeof type1ResultSchema>;

export const linearitySettingsSchema = z.object({
  /** Spread of the process in which the gauge is used, for linearity in its unit; null when it is not known. */
  processVariation: z.number().positive().nullable().default(null),
  alpha: z.number().min(0.0001).max(0.5).default(0.05),
  confidence: z.number().min(0.5).max(0.999).default(0.95),
});
export type LinearitySettings = z.infer<typeof linearitySettingsSchema>;

export const linearityResultSchema = z.object({
  kind: z.literal('linearity'),
  settings: linearitySettingsSchema,
  n: z.int(),
  slope: z.number(),
  intercept: z.number(),
  slopeError: z.number(),
  interceptError: z.number(),
  slopeT: z.number().nullable(),
  slopeP: z.number().nullable(),
  interceptT: z.number().nullable(),
  interceptP: z.number().nullable(),
  residualSd: z.number(),
  rSquared: z.number().nullable(),
  /** 100 times the slope's magnitude: share of the process variation that is lost to linearity. */
  linearityPct: z.number(),
  linearity: z.number().nullable(),
  averageBias: z.number(),
  averageBiasT: z.number().nullable(),
  averageBiasP: z.number().nullable(),
  perReference: z.array(
    z.object({
      part: z.string(),
      reference: z.number(),
      n: z.int(),
      bias: z.number(),
      sd: z.number().nullable(),
      t: z.number().nullable(),
      p: z.number().nullable(),
      /** Confidence interval of the line there. */
      line: z.number(),
      band: interval,
    }),
  ),
  points: z.array(z.object({ reference: z.number(), bias: z.number() })),
  verdict: msaVerdictSchema,
  warnings: z.array(z.string()),
});
export type LinearityResult = z.infer<typeof linearityResultSchema>;

/** Bland and Altman's limits of agreement between two ways of measuring the same parts. */
export const agreementResultSchema = z.object({
  kind: z.literal('agreement'),
  n: z.int(),
  confidence: z.number(),
  meanDifference: z.number(),
  sd: z.number(),
  limits: interval,
  meanInterval: interval,
  lowerLimitInterval: interval,
  upperLimitInterval: interval,
  points: z.array(z.object({ mean: z.number(), difference: z.number() })),
  verdict: msaVerdictSchema,
  warnings: z.array(z.string()),
});
export type AgreementResult = z.infer<typeof agreementResultSchema>;

/** One master part over time: averages and ranges of subgroups against their limits. */
export const stabilityResultSchema = z.object({
  kind: z.literal('stability'),
  subgroups: z.array(z.object({ label: z.string(), mean: z.number(), range: z.number() })),
  size: z.int(),
  averageLimits: z.object({ lower: z.number(), centre: z.number(), upper: z.number() }),
  rangeLimits: z.object({ lower: z.number(), centre: z.number(), upper: z.number() }),
  averagesOut: z.array(z.int()),
  rangesOut: z.array(z.int()),
  runs: z.array(z.int()),
  sd: z.number(),
  verdict: msaVerdictSchema,
  warnings: z.array(z.string()),
});
export type StabilityResult = z.infer<typeof stabilityResultSchema>;

export const msaResultSchema = z.discriminatedUnion('kind', [
  grrResultSchema,
  type1ResultSchema,
  linearityResultSchema,
  agreementResultSchema,
  stabilityResultSchema,
]);
export type MsaResult = z.infer<typeof msaResultSchema>;
