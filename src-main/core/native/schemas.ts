/** What the native core answers, parsed: JSON in, typed values out. The names are those of the Rust structs. */
import { z } from 'zod';
import { cornerReadingSchema, defectSchema, edgeReadingSchema, measurementSchema } from '../../contract/index.ts';

export const frameQualitySchema = z.object({
  name: z.string(),
  clippedFraction: z.number(),
  darkFraction: z.number(),
  mean: z.number(),
  noiseSigma: z.number(),
  sharpness: z.number(),
  shiftPx: z.tuple([z.number(), z.number()]),
  shiftConfidence: z.number(),
});
export type FrameQuality = z.infer<typeof frameQualitySchema>;

export const imageInfoSchema = z.object({
  width: z.int(),
  height: z.int(),
  channels: z.int(),
  bits: z.int(),
  format: z.string(),
  densityPxPerMm: z.number().nullable(),
  linearTagged: z.boolean(),
});
export type ImageInfo = z.infer<typeof imageInfoSchema>;

export const solveSummarySchema = z.object({
  unknownFraction: z.number(),
  rejectedFraction: z.number(),
  conditionNumber: z.number(),
  medianResidual: z.number(),
  medianConfidenceDeg: z.number(),
  method: z.string(),
  nearLight: z.boolean(),
  flatFielded: z.boolean(),
  notes: z.array(z.string()),
});
export type SolveSummary = z.infer<typeof solveSummarySchema>;

/** Figures of a found outline that the checks look at. */
export const outlineInfoSchema = z.object({
  sizePx: z.tuple([z.number(), z.number()]),
  angleDeg: z.number(),
  confidence: z.number(),
  worstResidualPx: z.number(),
  leastContrast: z.number(),
  worstBlurPx: z.number(),
});
export type OutlineInfo = z.infer<typeof outlineInfoSchema>;

export const refinementInfoSchema = z.object({
  outerOk: z.int(),
  borderOk: z.int(),
  methods: z.record(z.string(), z.int()),
  worstScaleDisagreementPx: z.number().nullable(),
});
export type RefinementInfo = z.infer<typeof refinementInfoSchema>;

export const conditionSchema = z.object({
  defects: z.array(defectSchema),
  corners: z.object({
    topLeft: cornerReadingSchema,
    topRight: cornerReadingSchema,
    bottomRight: cornerReadingSchema,
    bottomLeft: cornerReadingSchema,
  }),
  edges: z.object({
    left: edgeReadingSchema,
    right: edgeReadingSchema,
    top: edgeReadingSchema,
    bottom: edgeReadingSchema,
  }),
  foilFraction: z.number(),
  judgedFraction: z.number(),
  notes: z.array(z.string()),
});
export type Condition = z.infer<typeof conditionSchema>;

/** The native core's measurement is the contract's: one shape from the estimator to the screen. */
export const nativeMeasurementSchema = measurementSchema;
