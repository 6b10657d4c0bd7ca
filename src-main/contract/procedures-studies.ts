/** Procedures of studies of the measuring system. */
import { z } from 'zod';
import { jobSchema } from './jobs.ts';
import { base, engineers } from './procedures-base.ts';
import { gradeSourceSchema } from './sources.ts';
import {
  responseDetailSchema,
  responseResultSchema,
  studyIdInput,
  studyImportSchema,
  studyRequestSchema,
  studySchema,
  studySettingsInput,
  studySummarySchema,
} from './studies.ts';

/** Studies of the measuring system. Reports are fetched as documents: `GET /documents/studies/<id>/report.pdf`. */
export const studies = {
  list: base.meta(engineers).route({ method: 'GET', path: '/studies' }).output(z.array(studySummarySchema)),
  get: base.meta(engineers).route({ method: 'GET', path: '/studies/{id}' }).input(studyIdInput).output(studySchema),
  create: base
    .meta(engineers)
    .route({ method: 'POST', path: '/studies' })
    .input(studyRequestSchema)
    .output(studySchema),
  /** A table of measurements as a complete study. */
  importCsv: base
    .meta(engineers)
    .route({ method: 'POST', path: '/studies/import' })
    .input(studyImportSchema)
    .output(studySchema),
  /** Measures the next step, from the study's rig or from an upload. */
  measure: base
    .meta(engineers)
    .route({ method: 'POST', path: '/studies/{id}/measure' })
    .input(
      studyIdInput.extend({
        step: z.int().min(0),
        uploadId: gradeSourceSchema.options[1].shape.uploadId.optional(),
        pixelPitchMm: z.number().finite().positive().max(10).optional(),
        encoding: z.enum(['linear', 'srgb']).optional(),
      }),
    )
    .output(jobSchema),
  /** Takes a measurement back so that its step is measured again; what it showed stays on record. */
  withdraw: base
    .meta(engineers)
    .route({ method: 'POST', path: '/studies/{id}/withdraw' })
    .input(studyIdInput.extend({ step: z.int().min(0), reason: z.string().trim().min(1).max(500) }))
    .output(studySchema),
  setState: base
    .meta(engineers)
    .route({ method: 'POST', path: '/studies/{id}/state' })
    .input(studyIdInput.extend({ state: z.enum(['open', 'paused', 'cancelled']) }))
    .output(studySchema),
  /** Every response in a line; only of a complete study, as operators measure blind. */
  results: base
    .meta(engineers)
    .route({ method: 'POST', path: '/studies/{id}/results' })
    .input(studySettingsInput)
    .output(z.array(responseResultSchema)),
  response: base
    .meta(engineers)
    .route({ method: 'POST', path: '/studies/{id}/response' })
    .input(studySettingsInput.extend({ response: z.string().max(80) }))
    .output(responseDetailSchema),
};
