/** SQLite's and the disk's failures as typed refusals. */
import Database from 'better-sqlite3';
import { AppError, refuse, toAppError } from '../errors/index.ts';

/** Maps anything thrown by the database or the disk; an `AppError` passes through. */
export function storeError(error: unknown, file?: string): AppError {
  if (error instanceof AppError) return error;
  const at = file === undefined ? { cause: error } : { file, cause: error };
  if (error instanceof Database.SqliteError) return sqliteError(error.code, at) ?? toAppError(error, at);
  if (codeOf(error) === 'EFBIG') return diskFull(at);
  return toAppError(error, at);
}

/** Runs work and lets it throw typed refusals only. */
export function refusing<T>(work: () => T, file?: string): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error, file);
  }
}

export function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

type Place = { file?: string; cause: unknown };

const diskFull = (at: Place) =>
  refuse('disk.full', 'the disk is full', 'free some space and try again; nothing was half-written', at);

function sqliteError(code: string, at: Place): AppError | undefined {
  if (code === 'SQLITE_FULL') return diskFull(at);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return refuse(
      'store.locked',
      'another program is writing to the store',
      'close the other program and try again',
      at,
    );
  }
  if (/^SQLITE_READONLY/.test(code)) {
    return refuse('store.readOnly', 'the store can only be read', 'check the rights of the data folder', at);
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return refuse('store.damaged', 'the database is damaged', 'restore the newest backup into a new data folder', at);
  }
  if (/^SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|SHMSIZE|SHMOPEN)/.test(code)) {
    return refuse(
      'file.unwritable',
      'the disk refused a write',
      'check the disk and its free space, then try again',
      at,
    );
  }
  if (/^SQLITE_(IOERR|CANTOPEN)/.test(code)) {
    return refuse('file.unreadable', 'the disk refused a read', 'check the disk and the rights of the data folder', at);
  }
  return undefined;
}
