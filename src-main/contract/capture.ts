/** Capture format `trugrade.capture/1`: one side of one card under K lights. */
import { z } from 'zod';
import { cardSideSchema } from './geometry.ts';
import { cameraCurvesSchema } from './response.ts';

const finite = z.number().finite();
const positive = finite.positive();
const vector3 = z.tuple([finite, finite, finite]);

/** A plain file name: the capture folder holds all its files, nothing may point outside it. */
export const fileNameSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\\\0]+$/, 'must be a plain file name inside the capture folder')
  .refine((name) => name !== '.' && name !== '..', 'must be a plain file name inside the capture folder');

const exposureSchema = z.object({ file: fileNameSchema, seconds: positive.max(3600) });

export const lightSchema = z.object({
  file: fileNameSchema,
  /** Exposure time of `file`; needed beside `exposures`. */
  seconds: positive.max(3600).optional(),
  /** Further exposures of the same light: all are merged into one frame of wider range. Linear samples only. */
  exposures: z.array(exposureSchema).max(16).optional(),
  /** Vector towards the light, any length above zero. */
  direction: vector3.refine(([x, y, z]) => Math.hypot(x, y, z) > 0, 'must have a length above zero').optional(),
  /** Radiant intensity, one number or per channel; images are divided by it. */
  intensity: z.union([positive, z.tuple([positive, positive, positive])]).optional(),
  /** Relative to the image centre on the card plane. */
  positionMm: vector3.refine(([, , z]) => z > 0, 'must lie above the card plane (z > 0)').optional(),
});

export const captureSchema = z.object({
  schema: z.literal('trugrade.capture/1'),
  side: cardSideSchema.optional(),
  linear: z.boolean().default(true),
  /** The camera's measured response; `linear` does not matter where it is given. */
  response: cameraCurvesSchema.optional(),
  pixelPitchMm: positive.max(10).nullish(),
  card: z.object({ widthMm: positive.max(1000), heightMm: positive.max(1000) }).optional(),
  lights: z.array(lightSchema).min(1, 'needs at least one light').max(512),
  mask: fileNameSchema.optional(),
  dark: fileNameSchema.optional(),
  flats: z.array(fileNameSchema).optional(),
  camera: z
    .object({
      matrix: z.tuple([vector3, vector3, vector3]),
      distortion: z.array(finite).min(4).max(14),
    })
    .optional(),
  calibrationId: z.string().max(200).optional(),
  cardId: z.string().max(200).optional(),
  capturedAt: z.iso.datetime({ offset: true }).optional(),
  /** Written by the simulator, so that a simulated card is labelled wherever it shows. */
  simulated: z.boolean().optional(),
});
export type Capture = z.infer<typeof captureSchema>;
