/**
 * What anyone may ask of the core. Calls travel by WebSocket (and, for the OpenAPI document, by HTTP);
 * pictures never travel in a message, they are fetched by content id: `GET /images/<sha256>`.
 */

import { calibrations } from './procedures-calibrations.ts';
import { grade, gradings, jobs, sheets, surface } from './procedures-grading.ts';
import { standards, templates } from './procedures-knowledge.ts';
import { lights } from './procedures-lights.ts';
import { studies } from './procedures-studies.ts';
import { audit, backups, logs, rigs, session, settings, system } from './procedures-system.ts';

export * from './budget.ts';
export * from './calibration.ts';
export * from './capture.ts';
export * from './charts.ts';
export * from './errors.ts';
export * from './geometry.ts';
export * from './gradings.ts';
export * from './jobs.ts';
export * from './light-records.ts';
export * from './lights.ts';
export * from './mapping.ts';
export * from './msa.ts';
export * from './noGrade.ts';
export type { ProcedureMeta } from './procedures-base.ts';
export * from './process.ts';
export * from './report.ts';
export * from './response.ts';
export * from './rim.ts';
export * from './sheets.ts';
export * from './sources.ts';
export * from './studies.ts';
export * from './surface-maps.ts';
export * from './system.ts';
export * from './templates.ts';
export * from './uncertainty.ts';

export const contract = {
  system,
  session,
  rigs,
  grade,
  sheets,
  jobs,
  gradings,
  surface,
  studies,
  calibrations,
  lights,
  standards,
  templates,
  settings,
  logs,
  audit,
  backups,
};
export type Contract = typeof contract;
