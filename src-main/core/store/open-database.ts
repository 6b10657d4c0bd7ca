/** Opening the database safely: right SQLite, right settings, migrated, and set aside when it is damaged. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../clock/index.ts';
import { type AppError, refuse } from '../errors/index.ts';
import { backupNames } from './backups/index.ts';
import { isDamage } from './failures.ts';
import type { Folders } from './folders.ts';
import { type Migration, migrate, requireKnown, requireNewest } from './migrations/index.ts';

/** Earlier ones may corrupt a WAL database when it is reset during a checkpoint (sqlite.org/changes, 3.51.3). */
const oldestSqlite = [3, 51, 3] as const;
/** Databases up to this size are checked whole at each opening; larger ones with each backup. */
const quickCheckBytes = 16 << 20;

export interface Opened {
  readonly db: Database.Database;
  readonly created: boolean;
  readonly schema: { readonly from: number; readonly to: number };
}

export function requireSqlite(version: string): void {
  const parts = version.split('.').map(Number);
  for (const [index, least] of oldestSqlite.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw refuse(
        'internal',
        `SQLite ${version} is older than ${oldestSqlite.join('.')}`,
        'run "npm run setup" again, or install the program anew',
      );
    }
  }
}

/** For the one writer, which holds the lock. */
export function openToWrite(folders: Folders, clock: Clock, list: readonly Migration[]): Opened {
  refuseWhileDamaged(folders);
  const created = !existsSync(folders.database);
  const db = new Database(folders.database, { timeout: 5000 });
  try {
    requireSqlite(String(db.prepare('SELECT sqlite_version()').pluck().get()));
    // Before anything is changed: even the journal's mode is a change in the file.
    requireKnown(db, list);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // On macOS fsync alone does not reach the disk.
    db.pragma('fullfsync = ON');
    db.pragma('checkpoint_fullfsync = ON');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    const schema = migrate(db, list, (from) => {
      db.prepare('VACUUM INTO ?').run(freePath(folders.backups, `before-schema-${from}.sqlite`));
    });
    testQueries(db, statSync(folders.database).size);
    return { db, created, schema };
  } catch (error) {
    db.close();
    if (!isDamage(error)) throw error;
    setAside(folders, clock, error);
    throw damaged(folders, error);
  }
}

/**
 * Leaves one file in rollback mode: a database in WAL mode cannot be opened where SQLite may not make its journal,
 * so this is what makes a closed store readable from a read-only disk.
 */
export function closeForGood(db: Database.Database): void {
  try {
    db.pragma('optimize');
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}

/** For a folder that cannot be written to. Changes nothing at all. After a crash the journal left behind is read too. */
export function openToRead(folders: Folders, list: readonly Migration[]): Opened {
  refuseWhileDamaged(folders);
  if (!existsSync(folders.database)) {
    throw refuse('store.readOnly', 'the data folder is empty and cannot be written to', 'choose another data folder');
  }
  const db = new Database(folders.database, { readonly: true });
  try {
    db.pragma('query_only = ON');
    requireNewest(db, list);
    testQueries(db, statSync(folders.database).size);
    const newest = list.at(-1)?.version ?? 0;
    return { db, created: false, schema: { from: newest, to: newest } };
  } catch (error) {
    db.close();
    throw isDamage(error) ? damaged(folders, error) : error;
  }
}

/** Touches every table; on a small database every page. */
function testQueries(db: Database.Database, bytes: number): void {
  if (bytes <= quickCheckBytes) {
    const verdict = db.prepare<[], string>('PRAGMA quick_check(1)').pluck().get();
    if (verdict !== 'ok') throw new Database.SqliteError(String(verdict), 'SQLITE_CORRUPT');
  }
  for (const table of ['gradings', 'revisions', 'audit']) {
    db.prepare(`SELECT * FROM ${table} ORDER BY rowid DESC LIMIT 1`).get();
  }
  for (const table of ['files', 'grading_files', 'settings']) db.prepare(`SELECT * FROM ${table} LIMIT 1`).get();
}

/** Moves the damaged database to quarantine and leaves a note: a fresh, empty store must not take its place unseen. */
function setAside(folders: Folders, clock: Clock, cause: unknown): void {
  const place = freePath(folders.quarantine, 'database');
  mkdirSync(place, { mode: 0o700 });
  const movedTo = basename(place);
  const message = cause instanceof Error ? cause.message : String(cause);
  writeFileSync(folders.damagedNote, `${JSON.stringify({ movedTo, time: clock.now().toISOString(), message })}\n`);
  for (const path of [`${folders.database}-wal`, `${folders.database}-shm`, folders.database]) {
    if (existsSync(path)) renameSync(path, join(place, basename(path)));
  }
}

function refuseWhileDamaged(folders: Folders): void {
  if (existsSync(folders.damagedNote)) throw damaged(folders, readFileSync(folders.damagedNote, 'utf8'));
}

function damaged(folders: Folders, cause: unknown): AppError {
  const [newest] = backupNames(folders.backups);
  const next =
    newest === undefined
      ? 'there is no backup: keep the folder quarantine/ for a rescue, and choose a new data folder'
      : `restore the backup ${newest} into a new data folder`;
  return refuse('store.damaged', 'the database is damaged and was set aside, not deleted', next, {
    file: 'trugrade.sqlite',
    cause,
  });
}

function freePath(folder: string, name: string): string {
  let path = join(folder, name);
  for (let number = 2; existsSync(path); number += 1) path = join(folder, `${number}-${name}`);
  return path;
}
