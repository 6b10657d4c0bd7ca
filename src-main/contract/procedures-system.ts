/** Procedures about the program itself: health, sessions, rigs, settings, logs, audit, backups. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { jobSchema } from './jobs.ts';
import { base, bench, engineers, everyone } from './procedures-base.ts';
import {
  auditEntrySchema,
  auditVerdictSchema,
  backupSchema,
  deskSettingsSchema,
  doctorSchema,
  healthSchema,
  logLevelSchema,
  logPageSchema,
  logQuerySchema,
  logsEventSchema,
  measuringSettingsSchema,
  rigSchema,
  roleSchema,
  sessionSchema,
  settingsSchema,
  storageSchema,
} from './system.ts';
import { assumptionsSchema } from './uncertainty.ts';

export const system = {
  health: base.meta(everyone).route({ method: 'GET', path: '/system/health' }).output(healthSchema),
  doctor: base.meta(everyone).route({ method: 'GET', path: '/system/doctor' }).output(doctorSchema),
  storage: base.meta(everyone).route({ method: 'GET', path: '/system/storage' }).output(storageSchema),
};

export const session = {
  get: base.meta(everyone).route({ method: 'GET', path: '/session' }).output(sessionSchema),
  /** A one-time link token for another desk, with that desk's role. */
  invite: base
    .meta(engineers)
    .route({ method: 'POST', path: '/session/invite' })
    .input(z.object({ role: roleSchema }))
    .output(z.object({ token: z.string(), expiresAt: z.string() })),
};

export const rigs = {
  list: base.meta(everyone).route({ method: 'GET', path: '/rigs' }).output(z.array(rigSchema)),
};

export const settings = {
  get: base.meta(everyone).route({ method: 'GET', path: '/settings' }).output(settingsSchema),
  set: base
    .meta(bench)
    .route({ method: 'PATCH', path: '/settings' })
    .input(deskSettingsSchema.partial())
    .output(settingsSchema),
  /** How often the check standard is due, and the assumptions of the uncertainty budget. */
  setMeasuring: base
    .meta(engineers)
    .route({ method: 'PATCH', path: '/settings/measuring' })
    .input(measuringSettingsSchema.partial())
    .output(settingsSchema),
  /** The assumptions in force beside the built-in ones. */
  assumptions: base.meta(everyone).route({ method: 'GET', path: '/settings/assumptions' }).output(assumptionsSchema),
};

export const logs = {
  query: base.meta(everyone).route({ method: 'GET', path: '/logs' }).input(logQuerySchema).output(logPageSchema),
  watch: base
    .meta(everyone)
    .route({ method: 'GET', path: '/logs/events' })
    .input(z.object({ level: logLevelSchema.default('info') }))
    .output(eventIterator(logsEventSchema)),
};

export const audit = {
  list: base
    .meta(engineers)
    .route({ method: 'GET', path: '/audit' })
    .input(z.object({ before: z.int().optional(), limit: z.int().min(1).max(500).default(100) }))
    .output(z.object({ items: z.array(auditEntrySchema), more: z.boolean() })),
  verify: base.meta(engineers).route({ method: 'POST', path: '/audit/verify' }).output(auditVerdictSchema),
};

export const backups = {
  list: base.meta(engineers).route({ method: 'GET', path: '/backups' }).output(z.array(backupSchema)),
  create: base.meta(engineers).route({ method: 'POST', path: '/backups' }).output(jobSchema),
};
