/**
 * One writer per data folder. The lock is the operating system's: SQLite holds an exclusive file lock on a tiny
 * database of its own, which the system releases when the process ends, however it ends. No stale lock can remain,
 * and no process id has to be guessed at. (Network file systems without working locks are not supported.)
 */
import Database from 'better-sqlite3';
import { refuse } from '../errors/index.ts';

export interface WriterLock {
  release(): void;
}

/** Throws `store.locked` when another writer, in this process or another, has the folder. */
export function lockFolder(file: string): WriterLock {
  const db = new Database(file, { timeout: 500 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    const code = error instanceof Database.SqliteError ? error.code : '';
    if (!/^SQLITE_(BUSY|LOCKED)/.test(code)) throw error;
    throw refuse(
      'store.locked',
      'another TruGrade program has this data folder open',
      'use or close that one, or choose another data folder',
      { cause: error },
    );
  }
  return {
    release() {
      if (db.open) db.close();
    },
  };
}
