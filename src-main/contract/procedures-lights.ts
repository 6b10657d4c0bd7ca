/** Procedures of calibrating a rig's lights. */
import { z } from 'zod';
import { jobSchema } from './jobs.ts';
import { lightDraftSchema, lightRecordSchema, lightRequestSchema, lightSummarySchema } from './light-records.ts';
import { base, engineers, everyone, idInput } from './procedures-base.ts';

export const lights = {
  list: base.meta(everyone).route({ method: 'GET', path: '/lights' }).output(z.array(lightSummarySchema)),
  get: base.meta(engineers).route({ method: 'GET', path: '/lights/{id}' }).input(idInput).output(lightRecordSchema),
  draft: base.meta(engineers).route({ method: 'GET', path: '/lights-draft' }).output(lightDraftSchema.nullable()),
  /** Finds the lights from the targets' pictures, as a job; what it finds is the draft. */
  find: base
    .meta(engineers)
    .route({ method: 'POST', path: '/lights-draft' })
    .input(lightRequestSchema)
    .output(jobSchema),
  /** Makes the draft a record and puts it in use. */
  accept: base
    .meta(engineers)
    .route({ method: 'POST', path: '/lights-draft/accept' })
    .input(z.object({ name: z.string().trim().min(1).max(100) }))
    .output(lightSummarySchema),
  discard: base
    .meta(engineers)
    .route({ method: 'POST', path: '/lights-draft/discard' })
    .output(z.object({ discarded: z.boolean() })),
  /** Puts a record in use on its rig, or none: then captures say themselves where their lights stand. */
  use: base
    .meta(engineers)
    .route({ method: 'POST', path: '/lights/use' })
    .input(
      z.object({ rigId: z.string().max(100), id: z.string().max(100).nullable(), reason: z.string().min(1).max(500) }),
    )
    .output(z.array(lightSummarySchema)),
};
