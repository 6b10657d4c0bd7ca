/** The program about itself: sessions and roles, rigs, settings, logs, audit, backups, doctor. */
import { z } from 'zod';
import { assumptionChangesSchema } from './uncertainty.ts';

export const roleSchema = z.enum(['operator', 'annotator', 'engineer']);
export type Role = z.infer<typeof roleSchema>;
export const sessionSchema = z.object({ role: roleSchema, station: z.string() });

export const healthSchema = z.object({
  version: z.string(),
  commit: z.string(),
  node: z.string(),
  startedAt: z.string(),
  readOnly: z.boolean(),
  readOnlyReason: z.string().nullable(),
});

export const rigSchema = z.object({
  id: z.string(),
  name: z.string(),
  simulated: z.boolean(),
  state: z.enum(['connected', 'busy', 'offline']),
  lights: z.int(),
  pixelPitchMm: z.number(),
});
export type Rig = z.infer<typeof rigSchema>;

/** What whoever works at the bench may set. */
export const deskSettingsSchema = z.object({
  standard: z.string().max(40),
  operator: z.string().max(80),
  /** Days logs are kept. */
  keepLogsDays: z.int().min(1).max(3650),
  /** Days the surface maps of a grading are kept; its report and pictures stay. */
  keepMapsDays: z.int().min(1).max(3650),
  /** Days the photographs of every light are kept, so that maps can be computed again; 0 keeps none. */
  keepFramesDays: z.int().min(0).max(3650),
  /** Where the pixels of a side are computed; `auto` takes what was measured to be faster on this machine. */
  compute: z.enum(['auto', 'cpu', 'gpu']),
});

/** What decides how good a measurement is called, for engineers. */
export const measuringSettingsSchema = z.object({
  /** Hours after which the check standard has to be looked at again; a new calibration counts as a check. */
  driftCheckHours: z.int().min(1).max(720),
  /** Without a valid check: results are marked, or the rig grades nothing. */
  driftCheckPolicy: z.enum(['warn', 'require']),
  /** Changes of the uncertainty budget's stated assumptions. */
  assumptions: assumptionChangesSchema,
});

export const settingsSchema = deskSettingsSchema.extend(measuringSettingsSchema.shape);
export const defaultSettings = {
  standard: 'psa',
  operator: '',
  keepLogsDays: 30,
  keepMapsDays: 365,
  keepFramesDays: 0,
  compute: 'auto',
  driftCheckHours: 24,
  driftCheckPolicy: 'warn',
  assumptions: {},
} as const;
export type Settings = z.infer<typeof settingsSchema>;

/** What is kept of sides that can be let go, and how much room it takes. */
export const keptSchema = z.object({ gradings: z.int(), bytes: z.int() });
export const storageSchema = z.object({ maps: keptSchema, frames: keptSchema });
export type Storage = z.infer<typeof storageSchema>;

export const logLevelSchema = z.enum(['debug', 'info', 'warn', 'error']);
export type LogLevel = z.infer<typeof logLevelSchema>;
export const logEntrySchema = z.object({
  seq: z.int(),
  time: z.string(),
  level: logLevelSchema,
  source: z.string(),
  message: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type LogEntry = z.infer<typeof logEntrySchema>;
export const logQuerySchema = z.object({
  text: z.string().max(200).default(''),
  level: logLevelSchema.default('info'),
  /** Entries older than this sequence number; newest first. */
  before: z.int().optional(),
  limit: z.int().min(1).max(1000).default(200),
});
export const logPageSchema = z.object({ items: z.array(logEntrySchema), more: z.boolean() });
export const logsEventSchema = z.object({ entries: z.array(logEntrySchema), dropped: z.int() });

export const auditEntrySchema = z.object({
  seq: z.int(),
  time: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  reason: z.string().nullable(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditVerdictSchema = z.object({
  rows: z.int(),
  ok: z.boolean(),
  firstBadSeq: z.int().nullable(),
  head: z.string(),
});

export const backupSchema = z.object({
  name: z.string(),
  createdAt: z.string(),
  bytes: z.int(),
  rows: z.int(),
  auditHead: z.string(),
  verified: z.boolean(),
});
export type Backup = z.infer<typeof backupSchema>;

export const doctorItemSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'missing', 'limited']),
  detail: z.string(),
  /** How to get it, when it is missing. */
  remedy: z.string().optional(),
});
export const doctorSchema = z.object({ version: z.string(), items: z.array(doctorItemSchema) });
export type Doctor = z.infer<typeof doctorSchema>;

export const standardSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  confidence: z.string(),
  /** When it came into force, as far as it is published. */
  effective: z.string().nullable(),
  source: z.string(),
});

/** The standards' file as it is in force. */
export const standardsFileSchema = z.object({
  text: z.string(),
  origin: z.enum(['builtIn', 'edited']),
  /** Why an edited file is not in force; the built-in standards stand in. */
  problem: z.string().nullable(),
});
export type StandardsFile = z.infer<typeof standardsFileSchema>;
