/** Gradings in the store: the list a person browses and the record behind one of them. */
import { z } from 'zod';
import { cardSideSchema } from './geometry.ts';
import { imageIdSchema, reportSchema, subgradesSchema, viewSchema } from './report.ts';
import { mapsRefSchema } from './surface-maps.ts';

export const gradingStatusSchema = z.enum(['graded', 'needsPerson']);

export const gradingSummarySchema = z.object({
  id: z.string(),
  cardId: z.string().nullable(),
  side: cardSideSchema,
  sourceName: z.string(),
  simulated: z.boolean(),
  createdAt: z.string(),
  status: gradingStatusSchema,
  standard: z.string(),
  overall: z.number().nullable(),
  label: z.string().nullable(),
  score1000: z.number().nullable(),
  subgrades: subgradesSchema,
  thumbnail: imageIdSchema.nullable(),
  archived: z.boolean(),
});
export type GradingSummary = z.infer<typeof gradingSummarySchema>;

/** The photographs of a side as they were taken, kept so that its maps can be computed again. */
export const framesRefSchema = z.object({ id: imageIdSchema, bytes: z.int().nonnegative() });

export const gradingSchema = z.object({
  summary: gradingSummarySchema,
  report: reportSchema,
  views: z.array(viewSchema),
  /** The maps with their values; null where there are none (no maps were made, or an older grading). */
  maps: mapsRefSchema.nullable().default(null),
  /** Null where the photographs were not kept, or let go since. */
  frames: framesRefSchema.nullable().default(null),
  /** Set while the maps are being written, which takes seconds after the grade is there. */
  mapsPending: z.boolean().optional(),
});
export type Grading = z.infer<typeof gradingSchema>;
export type View = z.infer<typeof viewSchema>;

export const gradingQuerySchema = z.object({
  text: z.string().max(200).default(''),
  status: gradingStatusSchema.optional(),
  archived: z.boolean().default(false),
  /** Opaque; from `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.int().min(1).max(200).default(50),
});
export type GradingQuery = z.infer<typeof gradingQuerySchema>;
export const gradingPageSchema = z.object({
  items: z.array(gradingSummarySchema),
  nextCursor: z.string().nullable(),
  total: z.int(),
});
export type GradingPage = z.infer<typeof gradingPageSchema>;
