/** Procedures of what cards are held against: grading standards and design templates. */
import { z } from 'zod';
import { base, bench, everyone, idInput } from './procedures-base.ts';
import { standardSummarySchema, standardsFileSchema } from './system.ts';
import {
  anchorsAnswerSchema,
  teachingSchema,
  templateChangeSchema,
  templateSummarySchema,
  templateVersionSchema,
} from './templates.ts';

const placesSchema = z.array(z.tuple([z.number(), z.number()])).max(64);

export const standards = {
  list: base.meta(everyone).route({ method: 'GET', path: '/standards' }).output(z.array(standardSummarySchema)),
  /** The file in force, to look at, copy or edit. */
  file: base.meta(everyone).route({ method: 'GET', path: '/standards/file' }).output(standardsFileSchema),
  /** Puts an edited copy in force from the next grading on; refused with the field when it does not parse. */
  save: base
    .meta(bench)
    .route({ method: 'PUT', path: '/standards/file' })
    .input(z.object({ text: z.string().max(1_000_000), reason: z.string().max(500).optional() }))
    .output(standardsFileSchema),
  /** Back to the standards that the program comes with. */
  restore: base.meta(bench).route({ method: 'POST', path: '/standards/restore' }).output(standardsFileSchema),
};

export const templates = {
  list: base
    .meta(everyone)
    .route({ method: 'GET', path: '/templates' })
    .input(z.object({ archived: z.boolean().default(false) }))
    .output(z.array(templateSummarySchema)),
  /** Anchors on a grading's photograph: proposed, or the given places (mm) judged. */
  anchors: base
    .meta(bench)
    .route({ method: 'POST', path: '/templates/anchors' })
    .input(z.object({ gradingId: z.string().min(1).max(100), places: placesSchema.nullable().default(null) }))
    .output(anchorsAnswerSchema),
  /** Learns the design of a grading's card, as a new template or as a new version of one that is there. */
  teach: base
    .meta(bench)
    .route({ method: 'POST', path: '/templates' })
    .input(
      z.object({
        gradingId: z.string().min(1).max(100),
        teaching: teachingSchema,
        places: placesSchema,
        versionOf: z.string().max(100).nullish(),
      }),
    )
    .output(templateSummarySchema),
  import: base
    .meta(bench)
    .route({ method: 'POST', path: '/templates/import' })
    .input(z.object({ text: z.string().max(8_000_000), fileName: z.string().min(1).max(255) }))
    .output(templateSummarySchema),
  /** Every version, newest first. */
  history: base
    .meta(everyone)
    .route({ method: 'GET', path: '/templates/{id}/versions' })
    .input(idInput)
    .output(z.array(templateVersionSchema)),
  /** A new version with another name, set, frame or uncertainty; old ones stay, and reports keep the one they used. */
  revise: base
    .meta(bench)
    .route({ method: 'POST', path: '/templates/{id}/versions' })
    .input(idInput.extend({ change: templateChangeSchema }))
    .output(templateSummarySchema),
  /** Puts an old version in force again, as the newest. */
  revert: base
    .meta(bench)
    .route({ method: 'POST', path: '/templates/{id}/revert' })
    .input(idInput.extend({ version: z.int().min(1) }))
    .output(templateSummarySchema),
  /** The whole template with its preview as one file. */
  export: base
    .meta(everyone)
    .route({ method: 'GET', path: '/templates/{id}/file' })
    .input(idInput)
    .output(z.object({ name: z.string(), text: z.string() })),
  archive: base
    .meta(bench)
    .route({ method: 'POST', path: '/templates/{id}/archive' })
    .input(idInput)
    .output(templateSummarySchema),
  restore: base
    .meta(bench)
    .route({ method: 'POST', path: '/templates/{id}/restore' })
    .input(idInput)
    .output(templateSummarySchema),
};
