/** Lets go of the maps and the kept photographs of old gradings; everything else of a grading is kept for good. */
import type { Database } from 'better-sqlite3';
import type { Storage } from '../../contract/system.ts';
import type { Audit } from '../audit/index.ts';
import { frameName, framesName, mapsName } from './gradings-read.ts';

export interface Dropped {
  readonly gradings: number;
  readonly bytes: number;
}

export interface RetentionTx {
  readonly actor: string;
  /** Files that no row speaks of any more once the transaction is through. */
  readonly dropped: Set<string>;
}

interface FileRow {
  readonly grading: number;
  readonly place: number;
  readonly file: string;
  readonly id: string;
  readonly bytes: number;
}

const kinds: Readonly<Record<'maps' | 'frames', readonly [string, string]>> = {
  maps: [mapsName, mapsName],
  frames: [framesName, frameName],
};
export type KeptKind = keyof typeof kinds;

/** In the caller's transaction, with one row in the audit log that names the gradings. */
export function createRetention(db: Database, audit: Audit) {
  const old = db.prepare<[string, string, string], FileRow>(
    `SELECT r.grading, r.place, r.file, g.id, f.bytes
     FROM grading_files r JOIN gradings g ON g.seq = r.grading JOIN files f ON f.id = r.file
     WHERE r.role = 'view' AND r.name IN (?, ?) AND json_extract(g.summary_json, '$.createdAt') < ? ORDER BY g.seq`,
  );
  const unlink = db.prepare("DELETE FROM grading_files WHERE grading = ? AND role = 'view' AND place = ?");
  const isHeld = db.prepare<[string], number>('SELECT 1 FROM grading_files WHERE file = ?').pluck();
  const forget = db.prepare('DELETE FROM files WHERE id = ?');

  return (tx: RetentionTx, kind: KeptKind) =>
    (madeBefore: string): Dropped => {
      const [first, second] = kinds[kind];
      const rows = old.all(first, second, madeBefore);
      for (const { grading, place, file } of rows) {
        unlink.run(grading, place);
        if (isHeld.get(file) !== undefined) continue;
        forget.run(file);
        tx.dropped.add(file);
      }
      const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
      if (rows.length > 0) {
        const payload = { madeBefore, bytes, gradings: rows.map(({ id, file }) => ({ id, file })) };
        audit.append({ actor: tx.actor, action: `${kind}.drop`, subject: kind, payload });
      }
      return { gradings: new Set(rows.map(({ id }) => id)).size, bytes };
    };
}

/** Gradings that have maps or kept photographs, and what those take; a file that several share counts once. */
export function createStorageReader(db: Database): () => Storage {
  const gradings = db
    .prepare<[string, string], number>(
      "SELECT count(DISTINCT grading) FROM grading_files WHERE role = 'view' AND name IN (?, ?)",
    )
    .pluck();
  const bytes = db
    .prepare<[string, string], number>(
      `SELECT coalesce(sum(bytes), 0) FROM files
       WHERE id IN (SELECT file FROM grading_files WHERE role = 'view' AND name IN (?, ?))`,
    )
    .pluck();
  const kept = (kind: KeptKind) => {
    const [first, second] = kinds[kind];
    return { gradings: gradings.get(first, second) ?? 0, bytes: bytes.get(first, second) ?? 0 };
  };
  return () => ({ maps: kept('maps'), frames: kept('frames') });
}
