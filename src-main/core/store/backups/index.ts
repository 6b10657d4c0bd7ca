/** Verified backups: SQLite's own online copy, checked before it counts as one, put in place in one step. */
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Backup } from '../../../contract/system.ts';
import type { Clock } from '../../clock/index.ts';
import { refuse } from '../../errors/index.ts';
import type { Log } from '../../log/index.ts';
import { realDisk, syncFile, syncFolder } from '../disk.ts';
import { isDamage, storeError } from '../failures.ts';
import type { Folders } from '../folders.ts';
import type { Backups } from '../types.ts';
import { inspectCopy, sha256OfFile } from './inspect.ts';
import { backupNames, type Manifest, nextName, readManifest, shown } from './manifest.ts';
import { restoreInto } from './restore.ts';
import { expired } from './rotation.ts';

export { backupNames, readManifest, shown } from './manifest.ts';

const pagesPerStep = 500;

export interface BackupParts {
  readonly db: Database.Database;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly log: Log;
  /** Throws when the store cannot be written to. */
  readonly requireWritable: () => void;
}

export function createBackups(parts: BackupParts): Backups {
  const { folders, clock, log } = parts;

  const list = (): Manifest[] =>
    backupNames(folders.backups).flatMap((name) => readManifest(folders.backups, name) ?? []);
  const find = (name: string): Manifest => {
    const manifest = backupNames(folders.backups).includes(name) ? readManifest(folders.backups, name) : undefined;
    if (manifest) return manifest;
    throw refuse('notFound', `there is no backup ${JSON.stringify(name)}`, 'look at the list of backups', {
      field: 'name',
    });
  };
  const rotate = () => {
    for (const name of expired(list(), clock.now())) {
      rmSync(join(folders.backups, name), { recursive: true, force: true });
      log.info('old backup removed', { backup: name });
    }
  };

  return {
    list: () => list().map(shown),
    async create(signal, progress) {
      parts.requireWritable();
      const work = join(folders.tmp, `backup-${randomUUID()}`);
      try {
        await realDisk.mkdir(work);
        const manifest = await copyAndCheck(parts, work, signal, progress ?? (() => undefined));
        const named = { ...manifest, name: nextName(backupNames(folders.backups), clock.now()) };
        writeFileSync(join(work, 'manifest.json'), `${JSON.stringify(named, null, 1)}\n`, { mode: 0o600 });
        syncFile(join(work, 'manifest.json'));
        syncFolder(work);
        renameSync(work, join(folders.backups, named.name));
        syncFolder(folders.backups);
        log.info('backup made', { backup: named.name, bytes: named.bytes, rows: named.rows });
        rotate();
        return shown(named);
      } catch (error) {
        await realDisk.remove(work).catch(() => undefined);
        throw storeError(error);
      }
    },
    async verify(name, signal): Promise<Backup> {
      const manifest = find(name);
      const fault = await faultOf(folders.backups, manifest, signal);
      if (fault !== undefined) log.error('backup is damaged', { backup: name, fault });
      return { ...shown(manifest), verified: fault === undefined };
    },
    async restore(name, intoFolder, signal, progress) {
      const manifest = find(name);
      try {
        const fault = await faultOf(folders.backups, manifest, signal);
        if (fault !== undefined) {
          throw refuse('store.damaged', `the backup is damaged: ${fault}`, 'restore an older backup', { file: name });
        }
        return await restoreInto(folders, manifest, intoFolder, signal, progress);
      } catch (error) {
        throw storeError(error);
      }
    },
  };
}

/** SQLite's online copy keeps up with writes made meanwhile by this same connection. */
async function copyAndCheck(
  { db: live, clock: time }: BackupParts,
  work: string,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<Omit<Manifest, 'name'>> {
  const copy = join(work, 'trugrade.sqlite');
  signal.throwIfAborted();
  const createdAt = time.now().toISOString();
  await live.backup(copy, {
    progress({ totalPages, remainingPages }) {
      signal.throwIfAborted();
      progress(0.6 * (1 - remainingPages / Math.max(1, totalPages)));
      return pagesPerStep;
    },
  });
  withoutWal(copy);
  const inspection = await inspectCopy(copy, signal, (fraction) => progress(0.6 + 0.3 * fraction));
  if (inspection.fault !== undefined) {
    throw refuse(
      'store.damaged',
      `the copy is not whole: ${inspection.fault}`,
      'check the disk and restore an older backup',
    );
  }
  syncFile(copy);
  const sha256 = await sha256OfFile(copy, signal);
  progress(1);
  const bytes = statSync(copy).size;
  return { schema: 'trugrade.backup/1', createdAt, bytes, verified: true, sha256, ...inspection.findings };
}

/** One file, readable without a journal beside it. */
function withoutWal(file: string): void {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}

/** What is wrong with a backup on disk; undefined when it is whole and what its manifest says. */
export async function faultOf(folder: string, manifest: Manifest, signal: AbortSignal): Promise<string | undefined> {
  const file = join(folder, manifest.name, 'trugrade.sqlite');
  try {
    if ((await sha256OfFile(file, signal)) !== manifest.sha256) return 'its content is not what was written';
    const inspection = await inspectCopy(file, signal);
    if (inspection.fault !== undefined) return inspection.fault;
    const { auditHead, rows, files } = inspection.findings;
    const same =
      auditHead === manifest.auditHead && rows === manifest.rows && files.idsSha256 === manifest.files.idsSha256;
    return same ? undefined : 'its manifest speaks of other content';
  } catch (error) {
    if (signal.aborted) throw error;
    if (isDamage(error)) return 'it is no database any more';
    if (storeError(error).code === 'file.missing') return 'its database file is missing';
    throw error;
  }
}
