/** What the rest of the core sees of the store: reading and writing are different interfaces. */

import type { z } from 'zod';
import type { Grading, GradingSummary, gradingPageSchema, gradingQuerySchema } from '../../contract/gradings.ts';
import type { Report } from '../../contract/report.ts';
import type { MapsRef } from '../../contract/surface-maps.ts';
import type { AuditEntry, Backup, Settings, Storage } from '../../contract/system.ts';
import type { TemplateSummary, TemplateVersion } from '../../contract/templates.ts';
import type { AuditReader, AuditVerdict, Json } from '../audit/index.ts';
import type { CalibrationsReadable, CalibrationsWritable } from './calibrations.ts';
import type { FileSource } from './files.ts';
import type { LightsReadable, LightsWritable } from './lights.ts';
import type { Dropped } from './retention.ts';
import type { StudiesReadable, StudiesWritable } from './studies.ts';

export type * from './studies.ts';

export type GradingQuery = z.infer<typeof gradingQuerySchema>;
export type GradingPage = z.infer<typeof gradingPageSchema>;

export type SettingsPatch = { readonly [Key in keyof Settings]?: Settings[Key] | undefined };

/** One state a grading has had; the old ones are never changed. */
export interface Revision {
  readonly number: number;
  readonly time: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly summary: GradingSummary;
  readonly reportSha256: string;
}

export interface GradingsReadable {
  /** Throws `notFound`. */
  get(id: string): Grading;
  /** Newest first by order of insertion, never by the clock. Throws `value.invalid` for a foreign cursor. */
  page(query: GradingQuery): GradingPage;
  /** All gradings, archived ones too. */
  total(): number;
  /** Oldest first. Throws `notFound`. */
  revisions(id: string): Revision[];
  /** The report of an earlier revision. Throws `notFound`. */
  report(id: string, revision: number): Report;
}

/** Files of a side's photographs: what they are, and the photographs themselves. */
export interface KeptFrames {
  readonly manifest: string;
  readonly files: readonly string[];
}

export interface GradingsWritable {
  /** All files named by views, thumbnail and frames must have been put before. Throws `conflict` for an id that exists. */
  insert(grading: Grading, frames?: KeptFrames | null): void;
  /** A new revision; the old one stays. The views stay too. Throws `notFound`. */
  revise(id: string, revised: Pick<Grading, 'summary' | 'report'>, reason: string): Grading;
  /** The maps of a grading that had none yet; its report and pictures stay. Throws `notFound`, `conflict`. */
  attachMaps(id: string, maps: MapsRef, reason?: string | null): void;
  setArchived(id: string, archived: boolean, reason: string | null): GradingSummary;
}

export interface TemplatesReadable {
  /** Throws `notFound`. */
  get(id: string): TemplateSummary;
  /** Newest first. */
  list(archived: boolean): TemplateSummary[];
  /** Every version, newest first. Throws `notFound`. */
  history(id: string): TemplateVersion[];
}

export interface TemplatesWritable {
  /** Its files must have been put before. Throws `conflict` for an id that exists. */
  insert(template: TemplateSummary): TemplateSummary;
  /** A new version; the old one stays. Throws `notFound`. */
  revise(id: string, change: Partial<Omit<TemplateSummary, 'id' | 'version'>>, reason: string): TemplateSummary;
  setArchived(id: string, archived: boolean): TemplateSummary;
}

export interface FilesReadable {
  /** Absolute path on this machine; the file may be missing. Throws `value.invalid` for what is no id. */
  path(id: string): string;
  /** Whether a row knows the file (files put but not yet written do not count). */
  has(id: string): boolean;
  /** Throws `file.missing`. */
  read(id: string): Promise<Uint8Array>;
  /** Compares the content with its name. */
  verify(id: string): Promise<'ok' | 'missing' | 'damaged'>;
  /** Ids of the gradings that refer to the file. */
  gradingsOf(id: string): string[];
}

export interface FilesWritable {
  /** The file is durable when this resolves; a later `write` makes a grading refer to it. Throws `disk.full`, `file.missing`, … */
  put(source: FileSource, signal?: AbortSignal): Promise<string>;
  /** Takes back a `put` that no grading will refer to. */
  discard(id: string): void;
}

export interface Readable {
  readonly gradings: GradingsReadable;
  readonly calibrations: CalibrationsReadable;
  readonly templates: TemplatesReadable;
  readonly lights: LightsReadable;
  readonly files: FilesReadable;
  readonly studies: StudiesReadable;
  readonly audit: AuditReader;
  settings(): Settings;
  /** What maps and kept photographs take on the disk. */
  storage(): Storage;
}

/** Inside one transaction. Every call adds its own audit row. */
export interface Writable {
  readonly gradings: GradingsWritable;
  readonly studies: StudiesWritable;
  readonly calibrations: CalibrationsWritable;
  /** Lets go of the surface maps of gradings made before this moment (ISO 8601); their reports and pictures stay. */
  dropMaps(madeBefore: string): Dropped;
  /** The same of their kept photographs. */
  dropFrames(madeBefore: string): Dropped;
  readonly templates: TemplatesWritable;
  readonly lights: LightsWritable;
  /** Members that are undefined are left as they are. Throws `value.invalid`. */
  setSettings(patch: SettingsPatch): Settings;
  /** For what changes nothing in the store but must be on record, e.g. an invitation. */
  note(action: string, subject: string, reason: string | null, payload?: Json): AuditEntry;
}

/** What the sweep found. */
export interface SweepReport {
  /** Moved to `quarantine/`. */
  readonly filesWithoutRow: readonly string[];
  /** Flagged in the database until the file is back. */
  readonly rowsWithoutFile: readonly string[];
  /** Unfinished files removed from `tmp/`. */
  readonly leftovers: number;
  /** False when only what the last run left unfinished was looked at. */
  readonly complete: boolean;
}

export interface OpenReport {
  readonly created: boolean;
  readonly schema: { readonly from: number; readonly to: number };
  readonly sweep: SweepReport;
  /** Of the newest rows and the anchor. */
  readonly audit: AuditVerdict;
}

export interface RestoreReport {
  readonly backup: Backup;
  readonly files: number;
  /** Ids that the store no longer had, or had damaged. */
  readonly missingFiles: readonly string[];
}

export interface Backups {
  /** Newest first. */
  list(): Backup[];
  /** Copies, verifies the copy, and only then lists it; afterwards old ones are rotated out. */
  create(signal: AbortSignal, progress?: (fraction: number) => void): Promise<Backup>;
  /** Throws `notFound`. A damaged backup comes back with `verified: false`. */
  verify(name: string, signal: AbortSignal): Promise<Backup>;
  /** Into a folder that is empty or does not exist; what is there is whole or absent. */
  restore(
    name: string,
    intoFolder: string,
    signal: AbortSignal,
    progress?: (fraction: number) => void,
  ): Promise<RestoreReport>;
}

export interface Store extends Readable {
  readonly folder: string;
  /** Null when writing is possible. */
  readonly readOnlyReason: string | null;
  readonly openReport: OpenReport;
  readonly files: FilesReadable & FilesWritable;
  readonly backups: Backups;
  /** All of `work` and its audit rows in one transaction, or nothing. `work` must not be async. */
  write<T>(actor: string, work: (tx: Writable) => T): T;
  /** Walks through all files, in small steps. */
  sweep(signal: AbortSignal): Promise<SweepReport>;
  /** Safe to call twice. */
  close(): void;
}
