/**
 * What anyone may ask of the core. Calls travel by WebSocket (and, for the OpenAPI document, by HTTP);
 * pictures never travel in a message, they are fetched by content id: `GET /images/<sha256>`.
 */
import { eventIterator, oc } from '@orpc/contract';
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
import { appErrorSchema } from './errors.ts';
import { pointPxSchema } from './geometry.ts';
import { gradingPageSchema, gradingQuerySchema, gradingSchema, gradingSummarySchema } from './gradings.ts';
import { jobSchema, jobsEventSchema } from './jobs.ts';
import { imageIdSchema } from './report.ts';
import { sheetIdSchema, sheetSchema } from './sheets.ts';
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
import { mapValuesSchema, profileInputSchema, profileSchema } from './surface-maps.ts';
import {
  auditEntrySchema,
  auditVerdictSchema,
  backupSchema,
  doctorSchema,
  healthSchema,
  logLevelSchema,
  logPageSchema,
  logQuerySchema,
  logsEventSchema,
  type Role,
  rigSchema,
  roleSchema,
  sessionSchema,
  settingsSchema,
  standardSummarySchema,
  standardsFileSchema,
} from './system.ts';
import { anchorsAnswerSchema, teachingSchema, templateChoiceSchema, templateSummarySchema } from './templates.ts';

export * from './budget.ts';
export * from './calibration.ts';
export * from './capture.ts';
export * from './charts.ts';
export * from './errors.ts';
export * from './geometry.ts';
export * from './gradings.ts';
export * from './jobs.ts';
export * from './lights.ts';
export * from './msa.ts';
export * from './process.ts';
export * from './report.ts';
export * from './sheets.ts';
export * from './studies.ts';
export * from './surface-maps.ts';
export * from './system.ts';
export * from './templates.ts';

/** Least rights: who may call a procedure stands beside its types. */
export interface ProcedureMeta {
  readonly roles: readonly Role[];
}
const everyone: ProcedureMeta = { roles: ['operator', 'annotator', 'engineer'] };
const bench: ProcedureMeta = { roles: ['operator', 'engineer'] };
const engineers: ProcedureMeta = { roles: ['engineer'] };

const base = oc.$meta<ProcedureMeta>({ roles: [] }).errors({ REFUSED: { status: 422, data: appErrorSchema } });

const placesSchema = z.array(z.tuple([z.number(), z.number()])).max(64);
const idInput = z.object({ id: z.string().min(1).max(100) });

/** Where the frames to grade come from. Uploads are made by HTTP first: `POST /uploads`, `PUT /uploads/<id>/<file name>`. */
export const gradeSourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rig'),
    rigId: z.string().max(100),
    /** Which sample card the simulated rig holds; ignored by real rigs. */
    sample: z.int().min(0).max(1_000_000).optional(),
  }),
  z.object({
    kind: z.literal('upload'),
    uploadId: z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/),
    /** What the person calls it: the name of the folder or file on their side. */
    name: z.string().min(1).max(255).optional(),
  }),
  z.object({
    kind: z.literal('sheet'),
    sheetId: sheetIdSchema,
    /** One of its cards by number; the whole picture, as of one card, when not given. */
    card: z.int().min(1).optional(),
  }),
]);
export type GradeSource = z.infer<typeof gradeSourceSchema>;

export const contract = {
  system: {
    health: base.meta(everyone).route({ method: 'GET', path: '/system/health' }).output(healthSchema),
    doctor: base.meta(everyone).route({ method: 'GET', path: '/system/doctor' }).output(doctorSchema),
  },
  session: {
    get: base.meta(everyone).route({ method: 'GET', path: '/session' }).output(sessionSchema),
    /** A one-time link token for another desk, with that desk's role. */
    invite: base
      .meta(engineers)
      .route({ method: 'POST', path: '/session/invite' })
      .input(z.object({ role: roleSchema }))
      .output(z.object({ token: z.string(), expiresAt: z.string() })),
  },
  rigs: {
    list: base.meta(everyone).route({ method: 'GET', path: '/rigs' }).output(z.array(rigSchema)),
  },
  grade: {
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
  },
  /** A picture that may hold several cards, held open between looking at it and grading what was chosen. */
  sheets: {
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
  },
  jobs: {
    list: base.meta(everyone).route({ method: 'GET', path: '/jobs' }).output(z.array(jobSchema)),
    cancel: base.meta(bench).route({ method: 'POST', path: '/jobs/{id}/cancel' }).input(idInput).output(jobSchema),
    watch: base.meta(everyone).route({ method: 'GET', path: '/jobs/events' }).output(eventIterator(jobsEventSchema)),
  },
  gradings: {
    list: base
      .meta(everyone)
      .route({ method: 'GET', path: '/gradings' })
      .input(gradingQuerySchema)
      .output(gradingPageSchema),
    get: base.meta(everyone).route({ method: 'GET', path: '/gradings/{id}' }).input(idInput).output(gradingSchema),
    /** The same measurements under another standard; stored as a new revision with its reason in the audit log. */
    regrade: base
      .meta(bench)
      .route({ method: 'POST', path: '/gradings/{id}/regrade' })
      .input(idInput.extend({ standard: z.string().max(40) }))
      .output(gradingSchema),
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
  },
  /** Values of the maps of a side. Tiles are fetched by content id: `GET /maps/<id>/<group>/<level>/<col>_<row>`. */
  surface: {
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
  },
  /** Studies of the measuring system. Reports are fetched as documents: `GET /documents/studies/<id>/report.pdf`. */
  studies: {
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
  },
  /**
   * Calibration of camera and scale. Sheets and reports are documents: `GET /documents/calibration/sheets/camera.pdf`,
   * `GET /documents/calibration/acceptances/<id>.pdf`.
   */
  calibrations: {
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
  },
  standards: {
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
  },
  templates: {
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
    /** Learns the design of a grading's card. */
    teach: base
      .meta(bench)
      .route({ method: 'POST', path: '/templates' })
      .input(z.object({ gradingId: z.string().min(1).max(100), teaching: teachingSchema, places: placesSchema }))
      .output(templateSummarySchema),
    import: base
      .meta(bench)
      .route({ method: 'POST', path: '/templates/import' })
      .input(z.object({ text: z.string().max(8_000_000), fileName: z.string().min(1).max(255) }))
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
  },
  settings: {
    get: base.meta(everyone).route({ method: 'GET', path: '/settings' }).output(settingsSchema),
    set: base
      .meta(bench)
      .route({ method: 'PATCH', path: '/settings' })
      .input(settingsSchema.partial())
      .output(settingsSchema),
  },
  logs: {
    query: base.meta(everyone).route({ method: 'GET', path: '/logs' }).input(logQuerySchema).output(logPageSchema),
    watch: base
      .meta(everyone)
      .route({ method: 'GET', path: '/logs/events' })
      .input(z.object({ level: logLevelSchema.default('info') }))
      .output(eventIterator(logsEventSchema)),
  },
  audit: {
    list: base
      .meta(engineers)
      .route({ method: 'GET', path: '/audit' })
      .input(z.object({ before: z.int().optional(), limit: z.int().min(1).max(500).default(100) }))
      .output(z.object({ items: z.array(auditEntrySchema), more: z.boolean() })),
    verify: base.meta(engineers).route({ method: 'POST', path: '/audit/verify' }).output(auditVerdictSchema),
  },
  backups: {
    list: base.meta(engineers).route({ method: 'GET', path: '/backups' }).output(z.array(backupSchema)),
    create: base.meta(engineers).route({ method: 'POST', path: '/backups' }).output(jobSchema),
  },
};
export type Contract = typeof contract;
