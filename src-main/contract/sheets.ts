/** A picture of several cards: what was found on it, before any of them is graded. */
import { z } from 'zod';
import { appErrorSchema } from './errors.ts';
import { pointPxSchema } from './geometry.ts';
import { imageIdSchema } from './report.ts';

export const regionSchema = z.object({
  xPx: z.int().min(0),
  yPx: z.int().min(0),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
});
export type Region = z.infer<typeof regionSchema>;

/** One card of the picture, whole or not. */
export const sheetCardSchema = z.object({
  /** From 1, in reading order. */
  number: z.int().min(1),
  /** Clockwise from the top left; of a card that is cut, its visible part. */
  corners: z.array(pointPxSchema).min(3),
  /** The part of the picture around it; null where it cannot be measured. */
  region: regionSchema.nullable(),
  sizePx: z.tuple([z.number(), z.number()]).nullable(),
  angleDeg: z.number().nullable(),
  confidence: z.number().nullable(),
  /** Why it cannot be measured, and what to change. */
  error: appErrorSchema.nullable(),
});
export type SheetCard = z.infer<typeof sheetCardSchema>;

export const sheetIdSchema = z.string().regex(/^[0-9a-f-]{36}$/);
export const sheetSchema = z.object({
  id: sheetIdSchema,
  name: z.string(),
  /** The whole picture, reduced; fetched by `GET /images/<id>` while the sheet is open. */
  picture: imageIdSchema,
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  pixelPitchMm: z.number().nullable(),
  cards: z.array(sheetCardSchema),
});
export type Sheet = z.infer<typeof sheetSchema>;
