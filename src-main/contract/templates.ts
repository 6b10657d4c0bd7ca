/** Design templates as they travel: what a person sees of them, and what they say when they teach one. */
import { z } from 'zod';
import { cardSideSchema } from './geometry.ts';
import { imageIdSchema } from './report.ts';

const pair = z.tuple([z.number(), z.number()]);
const margin = z.number().finite().min(0).max(40);
export const marginsSchema = z.object({ left: margin, right: margin, top: margin, bottom: margin });
export type Margins = z.infer<typeof marginsSchema>;

/** How the example's print lay against its own cut; uncertainties are expanded (k = 2). */
export const templateReferenceSchema = z.object({
  kind: z.enum(['example', 'margins']),
  shiftMm: pair,
  turnDeg: z.number(),
  uncertaintyMm: pair,
  turnUncertaintyDeg: z.number(),
});

/** The parts of a template file that this side reads; the patches are the native core's business. */
export const templateFileSchema = z.looseObject({
  schema: z.literal('trugrade.template/1'),
  name: z.string().min(1).max(80),
  set: z.string().max(80),
  side: cardSideSchema,
  cardMm: pair,
  pitchMm: z.number(),
  reference: templateReferenceSchema,
  marginsMm: marginsSchema.nullable(),
  anchors: z.array(z.looseObject({ id: z.string(), atMm: pair })),
  /** A small JPEG for people, base64; only in exported files. */
  preview: z.string().max(400_000).optional(),
});
export type TemplateFile = z.infer<typeof templateFileSchema>;

export const templateSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  set: z.string(),
  side: cardSideSchema,
  version: z.int().min(1),
  createdAt: z.string(),
  cardMm: pair,
  anchors: z.int(),
  reference: templateReferenceSchema,
  marginsMm: marginsSchema.nullable(),
  /** Where it was learned: a grading's or a file's name. */
  learnedFrom: z.string(),
  /** SHA-256 of the template's file. */
  content: z.string(),
  preview: imageIdSchema.nullable(),
  archived: z.boolean(),
});
export type TemplateSummary = z.infer<typeof templateSummarySchema>;

export const anchorProposalSchema = z.object({
  atMm: pair,
  atPx: pair,
  sideMm: z.number(),
  /** Standard deviation with which it is located in noise of 1 % contrast, mm; null where it cannot serve. */
  strengthMm: z.number().nullable(),
  problem: z.string().nullable(),
});
export type AnchorProposal = z.infer<typeof anchorProposalSchema>;

export const anchorsAnswerSchema = z.object({
  anchors: z.array(anchorProposalSchema),
  /** The card as it was found. */
  sizeMm: pair,
  /** `[ax, bx, cx, ay, by, cy]`: card millimetres of an image pixel are `a x + b y + c`, nearly so through a bent lens. */
  toMm: z.array(z.number()).length(6),
});
export type AnchorsAnswer = z.infer<typeof anchorsAnswerSchema>;

/** What a person says of the design when they teach it. */
export const teachingSchema = z.object({
  name: z.string().trim().min(1).max(80),
  set: z.string().trim().max(80).default(''),
  /** Nominal frame; absent for designs without one. */
  marginsMm: marginsSchema.nullable().default(null),
  cardMm: z
    .tuple([z.number().positive().max(400), z.number().positive().max(400)])
    .nullable()
    .default(null),
  /** How far the example may be off centre, expanded (k = 2), mm; used where no margins say it. */
  exampleUncertaintyMm: z.number().min(0).max(5).default(0.1),
});
export type Teaching = z.infer<typeof teachingSchema>;

/** One version of a template; the newest is in force. */
export const templateVersionSchema = z.object({
  version: z.int().min(1),
  time: z.string(),
  actor: z.string(),
  summary: templateSummarySchema,
});
export type TemplateVersion = z.infer<typeof templateVersionSchema>;

/** What a person changes of a template; what is left out stays. */
export const templateChangeSchema = teachingSchema
  .pick({ name: true, set: true, marginsMm: true, exampleUncertaintyMm: true })
  .extend({
    set: z.string().trim().max(80),
    marginsMm: marginsSchema.nullable(),
    exampleUncertaintyMm: z.number().min(0).max(5),
  })
  .partial();
export type TemplateChange = z.infer<typeof templateChangeSchema>;

/** Which template a card is held against. */
export const templateChoiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('auto') }),
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('template'), id: z.string().max(100) }),
]);
export type TemplateChoice = z.infer<typeof templateChoiceSchema>;
