/** Whether a copy of the database is whole: SQLite's integrity, foreign keys, the audit chain, and what it counts. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import Database from 'better-sqlite3';
import { createAuditReader } from '../../audit/index.ts';
import { versionOf } from '../migrations/index.ts';
import type { Manifest } from './manifest.ts';

export type Findings = Pick<Manifest, 'schemaVersion' | 'auditHead' | 'auditSeq' | 'counts' | 'rows' | 'files'>;

/** What is wrong with the copy, in words; undefined with the findings when nothing is. */
export type Inspection = { readonly fault: string } | { readonly fault: undefined; readonly findings: Findings };

/** Content tables, as they are counted. */
const tables = ['gradings', 'revisions', 'grading_files', 'files', 'settings', 'audit'] as const;

/** Opens the copy for reading only. Throws when it is no database or the signal aborts. */
export async function inspectCopy(
  file: string,
  signal: AbortSignal,
  progress?: (fraction: number) => void,
): Promise<Inspection> {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const integrity = db.prepare<[], string>('PRAGMA integrity_check(1)').pluck().get();
    if (integrity !== 'ok') return { fault: `SQLite's integrity check says: ${integrity}` };
    if (db.prepare('PRAGMA foreign_key_check').get() !== undefined)
      return { fault: 'a row refers to one that is missing' };
    const audit = createAuditReader(db, null);
    const verdict = await audit.verifyGently(signal, progress);
    if (!verdict.ok) return { fault: `the audit chain breaks at row ${verdict.firstBadSeq}` };
    const counts: Record<string, number> = {};
    for (const table of tables) counts[table] = Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    return {
      fault: undefined,
      findings: {
        schemaVersion: versionOf(db),
        auditHead: verdict.head,
        auditSeq: audit.head().seq,
        counts,
        rows: Object.values(counts).reduce((sum, count) => sum + count, 0),
        files: filesOf(db),
      },
    };
  } finally {
    db.close();
  }
}

function filesOf(db: Database.Database): Manifest['files'] {
  const sum = createHash('sha256');
  let count = 0;
  let bytes = 0;
  const all = db.prepare<[], { id: string; bytes: number }>('SELECT id, bytes FROM files ORDER BY id');
  for (const file of all.iterate()) {
    sum.update(`${file.id}\n`);
    count += 1;
    bytes += file.bytes;
  }
  return { count, bytes, idsSha256: sum.digest('hex') };
}

export async function sha256OfFile(path: string, signal: AbortSignal): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 1 << 20 })) sum.update(chunk);
  return sum.digest('hex');
}
