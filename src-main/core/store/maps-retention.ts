/** Lets go of the maps of old gradings, which take tens of megabytes each; everything else of a grading is kept for good. */
import type { Database } from 'better-sqlite3';
import type { Audit } from '../audit/index.ts';
import { mapsName } from './gradings-read.ts';

export interface DroppedMaps {
  readonly gradings: number;
  readonly bytes: number;
}

export interface RetentionTx {
  readonly actor: string;
  /** Files that no row speaks of any more once the transaction is through. */
  readonly dropped: Set<string>;
}

interface MapsRow {
  readonly grading: number;
  readonly place: number;
  readonly file: string;
  readonly id: string;
  readonly bytes: number;
}

/** In the caller's transaction, with one row in the audit log that names the gradings. */
export function createMapsRetention(db: Database, audit: Audit) {
  const old = db.prepare<[string, string], MapsRow>(
    `SELECT r.grading, r.place, r.file, g.id, f.bytes
     FROM grading_files r JOIN gradings g ON g.seq = r.grading JOIN files f ON f.id = r.file
     WHERE r.role = 'view' AND r.name = ? AND json_extract(g.summary_json, '$.createdAt') < ? ORDER BY g.seq`,
  );
  const unlink = db.prepare("DELETE FROM grading_files WHERE grading = ? AND role = 'view' AND place = ?");
  const isHeld = db.prepare<[string], number>('SELECT 1 FROM grading_files WHERE file = ?').pluck();
  const forget = db.prepare('DELETE FROM files WHERE id = ?');

  return (tx: RetentionTx) =>
    (madeBefore: string): DroppedMaps => {
      const rows = old.all(mapsName, madeBefore);
      for (const { grading, place, file } of rows) {
        unlink.run(grading, place);
        if (isHeld.get(file) !== undefined) continue;
        forget.run(file);
        tx.dropped.add(file);
      }
      const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
      if (rows.length > 0) {
        const payload = { madeBefore, bytes, gradings: rows.map(({ id, file }) => ({ id, file })) };
        audit.append({ actor: tx.actor, action: 'maps.drop', subject: 'maps', payload });
      }
      return { gradings: rows.length, bytes };
    };
}
