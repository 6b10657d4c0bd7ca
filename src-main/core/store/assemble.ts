/** Puts the parts of an opened store together. */
import type { Database } from 'better-sqlite3';
import { type AuditReader, createAudit, createAuditReader } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import { refuse } from '../errors/index.ts';
import type { Log } from '../log/index.ts';
import { createBackups } from './backups/index.ts';
import { type CalibrationsReadable, createCalibrationsReader } from './calibrations.ts';
import type { Disk } from './disk.ts';
import { refusing } from './failures.ts';
import { createFileShelf, type FileShelf } from './files.ts';
import type { Folders } from './folders.ts';
import { createGradingsReader, type GradingsReader } from './gradings-read.ts';
import { createLightsReader } from './lights.ts';
import type { WriterLock } from './lock.ts';
import { closeForGood, type Opened } from './open-database.ts';
import { createStorageReader } from './retention.ts';
import type { RigRecordsReadable } from './rig-records.ts';
import { createSettings } from './settings.ts';
import { createStudiesReader } from './studies.ts';
import { type SweepParts, sweepAll, sweepGently, sweepUnfinished } from './sweep.ts';
import { createTemplatesReader } from './templates.ts';
import type { FilesReadable, FilesWritable, GradingsReadable, OpenReport, Store, StudiesReadable } from './types.ts';
import { createWrite } from './write.ts';

/** Stores up to this many files are compared with their rows at each opening; larger ones by `sweep`, in the background. */
const sweepAtOpen = 2000;
/** Audit rows verified at each opening. */
const auditTail = 200;

export interface StoreParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly disk: Disk;
  readonly folders: Folders;
  readonly opened: Opened;
  /** Why the store is read-only, when it is. */
  readonly reason?: string;
  /** Held by a store that can be written to. */
  readonly lock?: WriterLock;
}

/** Closes the database when anything fails; the lock stays the caller's until it returns. */
export function assemble(parts: StoreParts): Store {
  try {
    return build(parts);
  } catch (error) {
    parts.opened.db.close();
    throw error;
  }
}

function build({ clock, log, disk, folders, opened, reason, lock }: StoreParts): Store {
  const { db } = opened;
  const known = db.prepare<[string], number>('SELECT 1 FROM files WHERE id = ?').pluck();
  const hasRow = (id: string) => known.get(id) !== undefined;
  const shelf = createFileShelf(folders, disk, hasRow);
  const gradings = createGradingsReader(db);
  const templates = createTemplatesReader(db);
  const requireWritable = () => {
    if (reason === undefined) return;
    throw refuse(
      'store.readOnly',
      `the store can only be read: ${reason}`,
      'change the rights of the data folder and start again',
    );
  };
  const audit = reason === undefined ? createAudit(db, clock, folders.anchor) : undefined;
  const write = audit && createWrite({ db, audit, clock, log, shelf, gradings, templates });
  const reader = audit ?? createAuditReader(db, folders.anchor);
  const sweepParts: SweepParts = { db, folders, isPending: shelf.isPending, repair: reason === undefined };
  const settings = createSettings(db);
  const storage = createStorageReader(db);
  const studies = createStudiesReader(db);

  return {
    folder: folders.root,
    readOnlyReason: reason ?? null,
    openReport: openReport(sweepParts, opened, reader, log),
    gradings: refusingGradings(gradings),
    studies: refusingStudies(studies),
    calibrations: refusingCalibrations(createCalibrationsReader(db)),
    lights: refusingRecords(createLightsReader(db)),
    templates: {
      get: (id) => refusing(() => templates.get(id)),
      list: (archived) => refusing(() => templates.list(archived)),
      history: (id) => refusing(() => templates.history(id)),
    },
    files: filesOf(db, shelf, hasRow, requireWritable),
    audit: reader,
    settings: () => refusing(settings.get),
    storage: () => refusing(storage),
    backups: createBackups({ db, folders, clock, log, requireWritable }),
    write(actor, work) {
      requireWritable();
      if (write === undefined) throw new Error('a store that can be written to has a writer');
      return write(actor, work);
    },
    sweep: (signal) => sweepGently(sweepParts, signal),
    close() {
      try {
        if (db.open && reason === undefined) closeForGood(db);
        else if (db.open) db.close();
      } catch (error) {
        // Everything committed is durable; a full disk only keeps the journal from being folded in.
        log.warn('the database could not be tidied up', { error: error instanceof Error ? error : String(error) });
      } finally {
        lock?.release();
      }
    },
  };
}

function openReport(parts: SweepParts, { created, schema }: Opened, audit: AuditReader, log: Log): OpenReport {
  const unfinished = sweepUnfinished(parts);
  const files = Number(
    parts.db
      .prepare('SELECT count(*) FROM (SELECT 1 FROM files LIMIT ?)')
      .pluck()
      .get(sweepAtOpen + 1),
  );
  const all = files <= sweepAtOpen ? sweepAll(parts) : undefined;
  const sweep = {
    filesWithoutRow: [...unfinished.filesWithoutRow, ...(all?.filesWithoutRow ?? [])],
    rowsWithoutFile: all?.rowsWithoutFile ?? [],
    leftovers: unfinished.leftovers,
    complete: all !== undefined,
  };
  const verdict = audit.verifyTail(auditTail);
  if (!verdict.ok) log.error('the audit log does not verify', { firstBadSeq: verdict.firstBadSeq, rows: verdict.rows });
  if (sweep.filesWithoutRow.length > 0)
    log.warn('files without a row were set aside', { files: sweep.filesWithoutRow.length });
  if (sweep.rowsWithoutFile.length > 0)
    log.error('files are missing from the store', { files: sweep.rowsWithoutFile.length });
  log.info('store opened', { created, schema: schema.to, auditRows: verdict.rows });
  return { created, schema, sweep, audit: verdict };
}

function filesOf(
  db: Database,
  shelf: FileShelf,
  hasRow: (id: string) => boolean,
  requireWritable: () => void,
): FilesReadable & FilesWritable {
  const gradingsOf = db
    .prepare<[string], string>(
      'SELECT DISTINCT g.id FROM grading_files f JOIN gradings g ON g.seq = f.grading WHERE f.file = ? ORDER BY g.seq',
    )
    .pluck();
  return {
    path: shelf.path,
    has: (id) => refusing(() => hasRow(id)),
    read: shelf.read,
    verify: shelf.verify,
    gradingsOf: (id) => refusing(() => gradingsOf.all(id)),
    async put(source, signal) {
      requireWritable();
      return shelf.put(source, signal);
    },
    discard: shelf.discard,
  };
}

/** SQLite's failures leave as typed refusals. */
function refusingGradings(gradings: GradingsReader): GradingsReadable {
  return {
    get: (id) => refusing(() => gradings.get(id)),
    page: (query) => refusing(() => gradings.page(query)),
    total: () => refusing(gradings.total),
    revisions: (id) => refusing(() => gradings.revisions(id)),
    report: (id, revision) => refusing(() => gradings.report(id, revision)),
  };
}

function refusingStudies(studies: StudiesReadable): StudiesReadable {
  return {
    list: () => refusing(studies.list),
    get: (id) => refusing(() => studies.get(id)),
    readings: (id) => refusing(() => studies.readings(id)),
  };
}

function refusingRecords<T>(reader: RigRecordsReadable<T>): RigRecordsReadable<T> {
  return {
    list: () => refusing(reader.list),
    get: (id) => refusing(() => reader.get(id)),
    active: (rigId) => refusing(() => reader.active(rigId)),
  };
}

function refusingCalibrations(reader: CalibrationsReadable): CalibrationsReadable {
  return {
    ...refusingRecords(reader),
    drift: (id) => refusing(() => reader.drift(id)),
    acceptances: (id) => refusing(() => reader.acceptances(id)),
  };
}
