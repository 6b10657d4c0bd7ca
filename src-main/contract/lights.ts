/** Calibration of the lights: what each method says, how far they disagree, and what is used. */
import { z } from 'zod';

const vector3 = z.tuple([z.number(), z.number(), z.number()]);

export const lightMethodNames = ['mirrorBall', 'matteBall', 'flatFields'] as const;
export const lightMethodNameSchema = z.enum(lightMethodNames);
export type LightMethodName = z.infer<typeof lightMethodNameSchema>;

/** One light by one method. */
export const methodLightSchema = z.object({
  /** Of length 1, at the plane's origin where the position is known, else as seen from the ball. */
  direction: vector3.nullable(),
  positionMm: vector3.nullable(),
  /** Signal of the target facing the light; comparable between lights of one method only. */
  intensity: z.number().nullable(),
  /** Standard uncertainties (k = 1). */
  uncertaintyDeg: z.number().nullable(),
  uncertaintyMm: z.number().nullable(),
  residual: z.number().nullable(),
  /** Why there is no direction. */
  reason: z.string().nullable(),
});

export const ballSchema = z.object({
  centreMm: vector3,
  radiusMm: z.number(),
  circle: z.object({ centrePx: z.tuple([z.number(), z.number()]), radiusPx: z.number() }),
  residualPx: z.number(),
  coverage: z.number(),
});

export const lightMethodSchema = z.object({
  method: lightMethodNameSchema,
  lights: z.array(methodLightSchema),
  balls: z.array(ballSchema),
  /** `mm`: how far the rays of several balls pass each other; `relative`: to the signal. */
  residualUnit: z.enum(['mm', 'relative']),
  /** Exponent m of the lights' cone cos^m, and the share of light lost in the corners; flat fields only. */
  ledExponent: z.number().nullable(),
  vignetting: z.number().nullable(),
  heightsMm: z.array(z.number()),
});
export type LightMethod = z.infer<typeof lightMethodSchema>;

/** Two methods on the lights that both know. */
export const lightAgreementSchema = z.object({
  methods: z.tuple([lightMethodNameSchema, lightMethodNameSchema]),
  meanDeg: z.number(),
  worstDeg: z.number(),
  lights: z.array(z.object({ light: z.int(), angleDeg: z.number(), distanceMm: z.number().nullable() })),
});
export type LightAgreement = z.infer<typeof lightAgreementSchema>;

export const lightCalibrationSchema = z.object({
  schema: z.literal('trugrade.lights/1'),
  createdAt: z.iso.datetime({ offset: true }),
  software: z.object({ version: z.string(), commit: z.string() }),
  simulated: z.boolean(),
  pixelPitchMm: z.number().nullable(),
  methods: z.array(lightMethodSchema).min(1),
  agreement: z.array(lightAgreementSchema),
  /** The method whose lights are used. */
  chosen: lightMethodNameSchema,
  /** In the captures' order; what a capture's `lights` take over. */
  lights: z.array(
    z.object({ direction: vector3, positionMm: vector3.nullable(), intensity: z.number().positive().nullable() }),
  ),
  notes: z.array(z.string()),
});
export type LightCalibration = z.infer<typeof lightCalibrationSchema>;
