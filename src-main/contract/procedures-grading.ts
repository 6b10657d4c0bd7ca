/** Procedures of grading: taking a card through the pipeline, sheets of many cards, jobs, results and their maps. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { pointPxSchema } from './geometry.ts';
import { gradingPageSchema, gradingQuerySchema, gradingSchema, gradingSummarySchema } from './gradings.ts';
import { jobSchema, jobsEventSchema } from './jobs.ts';
import { noGradeMarkSchema } from './noGrade.ts';
import { base, bench, everyone, idInput } from './procedures-base.ts';
import { bordersAnswerSchema, imageIdSchema } from './report.ts';
import { sheetIdSchema, sheetSchema } from './sheets.ts';
import { gradeSourceSchema } from './sources.ts';
import { mapValuesSchema, profileInputSchema, profileSchema } from './surface-maps.ts';
import { templateChoiceSchema } from './templates.ts';

export const grade = {
  start: base
    .meta(bench)
    .route({ method: 'POST', path: '/grade' })
    .input(
      z.object({
        source: gradeSourceSchema,
        standard: z.string().max(40).optional(),
        cardId: z.string().max(200).optional(),
        /** For single images, which carry no scale of their own. */
        pixelPitchMm: z.number().finite().positive().max(10).optional(),
        encoding: z.enum(['linear', 'srgb']).optional(),
        /** Which design templates the card is held against; all of them when not given. */
        template: templateChoiceSchema.optional(),
      }),
    )
    .output(jobSchema),
};

/** A picture that may hold several cards, held open between looking at it and grading what was chosen. */
export const sheets = {
  open: base
    .meta(bench)
    .route({ method: 'POST', path: '/sheets' })
    .input(
      z.object({
        uploadId: z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/),
        name: z.string().min(1).max(255).optional(),
        pixelPitchMm: z.number().finite().positive().max(10).optional(),
        encoding: z.enum(['linear', 'srgb']).optional(),
      }),
    )
    .output(sheetSchema),
  get: base
    .meta(everyone)
    .route({ method: 'GET', path: '/sheets/{id}' })
    .input(z.object({ id: sheetIdSchema }))
    .output(sheetSchema),
  /** Lets the picture go; cards of it that are being graded are finished. */
  close: base
    .meta(bench)
    .route({ method: 'DELETE', path: '/sheets/{id}' })
    .input(z.object({ id: sheetIdSchema }))
    .output(z.object({})),
};

export const jobs = {
  list: base.meta(everyone).route({ method: 'GET', path: '/jobs' }).output(z.array(jobSchema)),
  cancel: base.meta(bench).route({ method: 'POST', path: '/jobs/{id}/cancel' }).input(idInput).output(jobSchema),
  watch: base.meta(everyone).route({ method: 'GET', path: '/jobs/events' }).output(eventIterator(jobsEventSchema)),
};

export const gradings = {
  list: base
    .meta(everyone)
    .route({ method: 'GET', path: '/gradings' })
    .input(gradingQuerySchema)
    .output(gradingPageSchema),
  get: base.meta(everyone).route({ method: 'GET', path: '/gradings/{id}' }).input(idInput).output(gradingSchema),
  /**
   * The same measurements under another standard, with a person's no-grade mark, or with a person's answer whether the
   * boundaries in question are borders (null takes either back, left out keeps it); stored as a new revision with its
   * reason in the audit log.
   */
  regrade: base
    .meta(bench)
    .route({ method: 'POST', path: '/gradings/{id}/regrade' })
    .input(
      idInput.extend({
        standard: z.string().max(40),
        noGrade: noGradeMarkSchema.nullable().optional(),
        borders: bordersAnswerSchema.nullable().optional(),
      }),
    )
    .output(gradingSchema),
  /** Computes the maps of a side again from its kept photographs; report and grade stay as they are. */
  computeMaps: base.meta(bench).route({ method: 'POST', path: '/gradings/{id}/maps' }).input(idInput).output(jobSchema),
  archive: base
    .meta(bench)
    .route({ method: 'POST', path: '/gradings/{id}/archive' })
    .input(idInput.extend({ reason: z.string().max(500).optional() }))
    .output(gradingSummarySchema),
  restore: base
    .meta(bench)
    .route({ method: 'POST', path: '/gradings/{id}/restore' })
    .input(idInput)
    .output(gradingSummarySchema),
};

/** Values of the maps of a side. Tiles are fetched by content id: `GET /maps/<id>/<group>/<level>/<col>_<row>`. */
export const surface = {
  profile: base
    .meta(everyone)
    .route({ method: 'POST', path: '/surface/profile' })
    .input(profileInputSchema)
    .output(profileSchema),
  values: base
    .meta(everyone)
    .route({ method: 'POST', path: '/surface/values' })
    .input(z.object({ maps: imageIdSchema, at: pointPxSchema }))
    .output(mapValuesSchema),
};
