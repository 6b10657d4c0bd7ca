/** What the native core answers, parsed: JSON in, typed values out. The names are those of the Rust structs. */
import { z } from 'zod';
import {
  type CornerReading,
  type Defect,
  defectSchema,
  type EdgeReading,
  sheetCardSchema,
} from '../../contract/index.ts';
import { engineUsedSchema } from './compute.ts';

export const frameQualitySchema = z.object({
  name: z.string(),
  clippedFraction: z.number(),
  darkFraction: z.number(),
  mean: z.number(),
  noiseSigma: z.number(),
  sharpness: z.number(),
  /** Against the frames that stayed; null where it was not asked for or there is too little print to tell. */
  movement: z
    .object({
      shiftPx: z.tuple([z.number(), z.number()]),
      turnDeg: z.number(),
      /** At the corner of the frame that moved most. */
      largestPx: z.number(),
      stdPx: z.number(),
      /** Whether the frame was put back by resampling. */
      undone: z.boolean(),
    })
    .nullable(),
});
export type FrameQuality = z.infer<typeof frameQualitySchema>;

export const solveSummarySchema = z.object({
  unknownFraction: z.number(),
  rejectedFraction: z.number(),
  conditionNumber: z.number(),
  medianResidual: z.number(),
  medianConfidenceDeg: z.number(),
  method: z.string(),
  /** Specular lobe taken out, in units of albedo, and its Blinn-Phong exponent; 0 where none was found. */
  varnishStrength: z.number(),
  varnishExponent: z.number(),
  /** Brightness of each light over its calibrated one, as far as the frames show it. */
  lightRatios: z.array(z.number()),
  nearLight: z.boolean(),
  flatFielded: z.boolean(),
  notes: z.array(z.string()),
  /** Where the pixels were computed. */
  engine: engineUsedSchema,
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

/** A card of a picture of several. */
export const foundCardSchema = sheetCardSchema.omit({ number: true });
export type FoundCard = z.infer<typeof foundCardSchema>;

export const refinementInfoSchema = z.object({
  outerOk: z.int(),
  borderOk: z.int(),
  methods: z.record(z.string(), z.int()),
  worstScaleDisagreementPx: z.number().nullable(),
});
export type RefinementInfo = z.infer<typeof refinementInfoSchema>;

const zeroWhereUnknown = { known: z.boolean(), whiteningKnown: z.boolean() };

const unreadCorner = {
  score: null,
  angleDeg: null,
  radiusMm: null,
  missingAreaMm2: null,
  frayMm: null,
  whiteningMm2: null,
} as const;
const unreadEdge = {
  score: null,
  chippingMm2: null,
  longestChipMm: null,
  whiteningMm: null,
  frayMm: null,
  roughMm: null,
} as const;

/** A reading that could not be made holds zeros in native code; outside it is null, so that no one takes it for a clean corner. */
const nativeCornerSchema = z
  .object({
    angleDeg: z.number(),
    radiusMm: z.number(),
    missingAreaMm2: z.number(),
    frayMm: z.number(),
    whiteningMm2: z.number(),
    liftMm: z.number().nullable(),
    ...zeroWhereUnknown,
  })
  .transform(({ known, whiteningKnown, ...r }): CornerReading => {
    // Lift comes from the relief, whether or not the outline could be told from the background.
    if (!known) return { ...unreadCorner, liftMm: r.liftMm };
    const angleDeg = r.angleDeg > 0 ? r.angleDeg : null;
    return { score: null, ...r, angleDeg, whiteningMm2: whiteningKnown ? r.whiteningMm2 : null };
  });

const nativeEdgeSchema = z
  .object({
    chippingMm2: z.number(),
    whiteningMm: z.number(),
    frayMm: z.number(),
    longestChipMm: z.number(),
    roughMm: z.number(),
    layeringMm: z.number().nullable(),
    ...zeroWhereUnknown,
  })
  .transform(({ known, whiteningKnown, ...r }): EdgeReading => {
    if (!known) return { ...unreadEdge, layeringMm: r.layeringMm };
    return { score: null, ...r, whiteningMm: whiteningKnown ? r.whiteningMm : null };
  });

const nativeDefectSchema = defectSchema
  .omit({ evidence: true, signalToNoise: true })
  .extend({ evidence: z.object({ maps: z.array(z.string()), signalToNoise: z.number() }) })
  .transform(
    ({ evidence, ...defect }): Defect => ({
      ...defect,
      evidence: evidence.maps,
      signalToNoise: evidence.signalToNoise,
    }),
  );

export const conditionSchema = z.object({
  defects: z.array(nativeDefectSchema),
  corners: z.object({
    topLeft: nativeCornerSchema,
    topRight: nativeCornerSchema,
    bottomRight: nativeCornerSchema,
    bottomLeft: nativeCornerSchema,
  }),
  edges: z.object({ left: nativeEdgeSchema, right: nativeEdgeSchema, top: nativeEdgeSchema, bottom: nativeEdgeSchema }),
  foilFraction: z.number(),
  judgedFraction: z.number(),
  notes: z.array(z.string()),
});
export type Condition = z.infer<typeof conditionSchema>;
