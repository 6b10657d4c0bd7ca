/** Procedures of calibration of camera and scale. */
import { z } from 'zod';
import {
  acceptanceSchema,
  artefactSchema,
  boardSourceSchema,
  boardSpecSchema,
  calibrationDetailSchema,
  calibrationDraftSchema,
  calibrationSummarySchema,
  driftCheckSchema,
  heightsSchema,
  shotRoleSchema,
} from './calibration.ts';
import { jobSchema } from './jobs.ts';
import { base, bench, engineers, everyone, idInput } from './procedures-base.ts';

/**
 * Calibration of camera and scale. Sheets and reports are documents: `GET /documents/calibration/sheets/camera.pdf`,
 * `GET /documents/calibration/acceptances/<id>.pdf`.
 */
export const calibrations = {
  list: base.meta(everyone).route({ method: 'GET', path: '/calibrations' }).output(z.array(calibrationSummarySchema)),
  get: base
    .meta(engineers)
    .route({ method: 'GET', path: '/calibrations/{id}' })
    .input(idInput)
    .output(calibrationDetailSchema),
  draft: base
    .meta(engineers)
    .route({ method: 'GET', path: '/calibration-draft' })
    .output(calibrationDraftSchema.nullable()),
  begin: base
    .meta(engineers)
    .route({ method: 'POST', path: '/calibration-draft' })
    .input(z.object({ rigId: z.string().max(100), board: boardSpecSchema.optional() }))
    .output(calibrationDraftSchema),
  /** Photographs a board, or takes an uploaded picture, and looks for the board in it. */
  shoot: base
    .meta(engineers)
    .route({ method: 'POST', path: '/calibration-draft/shots' })
    .input(z.object({ role: shotRoleSchema, source: boardSourceSchema }))
    .output(calibrationDraftSchema),
  remove: base
    .meta(engineers)
    .route({ method: 'POST', path: '/calibration-draft/remove' })
    .input(z.object({ shotId: z.string().max(100) }))
    .output(calibrationDraftSchema),
  /** Solves the camera from the views, as a job. */
  solve: base.meta(engineers).route({ method: 'POST', path: '/calibration-draft/solve' }).output(jobSchema),
  /** Plane, scale and verification from what is there. */
  compose: base
    .meta(engineers)
    .route({ method: 'POST', path: '/calibration-draft/compose' })
    .input(
      z.object({
        artefact: artefactSchema.nullable(),
        temperatureC: z.number().finite().min(-20).max(60).default(20),
        rulerMm: z.number().finite().positive().max(1000).optional(),
        heights: heightsSchema.default({ boardMm: 0, artefactMm: 0, cardMm: 0 }),
      }),
    )
    .output(calibrationDraftSchema),
  /** Makes the draft a record and puts it in use. */
  accept: base
    .meta(engineers)
    .route({ method: 'POST', path: '/calibration-draft/accept' })
    .input(z.object({ name: z.string().trim().min(1).max(100), validDays: z.int().min(1).max(3650) }))
    .output(calibrationSummarySchema),
  discard: base
    .meta(engineers)
    .route({ method: 'POST', path: '/calibration-draft/discard' })
    .output(z.object({ discarded: z.boolean() })),
  /** Puts a record in use on its rig, or none. */
  use: base
    .meta(engineers)
    .route({ method: 'POST', path: '/calibrations/use' })
    .input(
      z.object({
        rigId: z.string().max(100),
        id: z.string().max(100).nullable(),
        reason: z.string().min(1).max(500),
      }),
    )
    .output(z.array(calibrationSummarySchema)),
  /** Looks at the check standard under the calibration in use. */
  drift: base
    .meta(bench)
    .route({ method: 'POST', path: '/calibrations/{id}/drift' })
    .input(idInput.extend({ source: boardSourceSchema }))
    .output(driftCheckSchema),
  /** Acceptance test: the simulated rig places the artefact anew for each repeat; uploads bring all pictures at once. */
  acceptance: base
    .meta(engineers)
    .route({ method: 'POST', path: '/calibrations/{id}/acceptance' })
    .input(
      idInput.extend({
        source: boardSourceSchema,
        repeats: z.int().min(1).max(10).default(3),
        mpe: z.object({ constantMm: z.number().positive().max(1), perMm: z.number().min(0).max(0.01) }),
      }),
    )
    .output(acceptanceSchema),
};
