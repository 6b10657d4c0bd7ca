/** What the kept photographs of a side are, `trugrade.frames/1`: a capture whose files are named by their content. */
import { z } from 'zod';
import { cameraCurvesSchema, captureSchema, cardSideSchema, imageIdSchema } from '../../contract/index.ts';

const three = z.tuple([z.number(), z.number(), z.number()]);

export const framesManifestSchema = z.object({
  schema: z.literal('trugrade.frames/1'),
  name: z.string(),
  kind: z.enum(['capture', 'image']),
  side: cardSideSchema,
  encoding: z.enum(['linear', 'srgb']),
  response: cameraCurvesSchema.optional(),
  pixelPitchMm: z.number().nullable(),
  lights: z.array(
    z.object({
      name: z.string(),
      file: imageIdSchema,
      flat: imageIdSchema.nullable(),
      exposures: z.array(z.object({ name: z.string(), file: imageIdSchema, seconds: z.number() })).optional(),
      intensity: three,
      direction: three.nullable(),
      positionMm: three.nullable(),
    }),
  ),
  dark: imageIdSchema.nullable(),
  mask: imageIdSchema.nullable(),
  camera: captureSchema.shape.camera,
  simulated: z.boolean(),
});
export type FramesManifest = z.infer<typeof framesManifestSchema>;
