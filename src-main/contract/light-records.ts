/** Calibrations of a rig's lights as they are made on the bench and kept: what is asked, what was found, what is in use. */
import { z } from 'zod';
import { lightCalibrationSchema, lightMethodNameSchema } from './lights.ts';

const finite = z.number().finite();

/** What is photographed under every light. */
export const lightTargetNames = ['mirror', 'matte', 'flats', 'flatsRaised'] as const;
export const lightTargetSchema = z.enum(lightTargetNames);
export type LightTarget = z.infer<typeof lightTargetSchema>;

/** From the rig itself, or an uploaded capture folder. */
export const lightSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rig') }),
  z.object({ kind: z.literal('upload'), uploadId: z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/) }),
]);
export type LightSource = z.infer<typeof lightSourceSchema>;

export const lightRequestSchema = z.object({
  rigId: z.string().max(100),
  mirror: lightSourceSchema.nullable().default(null),
  matte: lightSourceSchema.nullable().default(null),
  flats: lightSourceSchema.nullable().default(null),
  flatsRaised: lightSourceSchema.nullable().default(null),
  /** By how much the plane of `flatsRaised` lay higher. */
  raisedMm: finite.min(-100).max(500).nullable().default(null),
  /** Balls in each picture. */
  balls: z.int().min(1).max(16).default(1),
  /** Certified diameter of the balls. */
  ballMm: finite.min(0.1).max(1000).nullable().default(null),
  /** Height of the camera above the card's plane; parallel sight when not given. */
  cameraMm: finite.min(1).max(100_000).nullable().default(null),
  /** The method to use; the most trustworthy one when not given. */
  use: lightMethodNameSchema.nullable().default(null),
});
export type LightRequest = z.infer<typeof lightRequestSchema>;

/** What the last calibration found, until it is accepted or discarded. */
export const lightDraftSchema = z.object({ rigId: z.string(), found: lightCalibrationSchema });
export type LightDraft = z.infer<typeof lightDraftSchema>;

export const lightRecordSchema = z.object({
  schema: z.literal('trugrade.lightRecord/1'),
  id: z.string().min(1).max(100),
  name: z.string().max(100),
  rigId: z.string().max(100),
  createdAt: z.string(),
  createdBy: z.string(),
  found: lightCalibrationSchema,
});
export type LightRecord = z.infer<typeof lightRecordSchema>;

export const lightSummarySchema = lightRecordSchema
  .pick({ id: true, name: true, rigId: true, createdAt: true, createdBy: true })
  .extend({
    simulated: z.boolean(),
    lights: z.int(),
    chosen: lightMethodNameSchema,
    /** Largest disagreement of two methods; null where only one was used. */
    worstDeg: finite.nullable(),
    active: z.boolean(),
  });
export type LightSummary = z.infer<typeof lightSummarySchema>;
