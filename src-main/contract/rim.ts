/** Readings of one corner and of one edge; null where they could not be made. */
import { z } from 'zod';

export const cornerReadingSchema = z.object({
  score: z.number().nullable(),
  angleDeg: z.number().nullable(),
  radiusMm: z.number().nullable(),
  missingAreaMm2: z.number().nullable(),
  frayMm: z.number().nullable(),
  whiteningMm2: z.number().nullable(),
  /** Height of the tip over the card behind it, positive towards the camera; absent in reports of earlier versions. */
  liftMm: z.number().nullish(),
});
export type CornerReading = z.infer<typeof cornerReadingSchema>;
export const edgeReadingSchema = z.object({
  score: z.number().nullable(),
  chippingMm2: z.number().nullable(),
  longestChipMm: z.number().nullable(),
  whiteningMm: z.number().nullable(),
  frayMm: z.number().nullable(),
  /** Length of rough cut; absent in reports of earlier versions. */
  roughMm: z.number().nullish(),
  /** Length along which the layers part; absent in reports of earlier versions, null where the relief does not tell. */
  layeringMm: z.number().nullish(),
});

export type EdgeReading = z.infer<typeof edgeReadingSchema>;
