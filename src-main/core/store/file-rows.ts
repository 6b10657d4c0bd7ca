/** Rows of files: a durable file gets its row in the transaction that first speaks of it. */
import type { Database } from 'better-sqlite3';
import { refuse } from '../errors/index.ts';

/** @param fileBytes bytes on disk of a durable file; undefined when there is none */
export function createAddFile(db: Database, fileBytes: (id: string) => number | undefined) {
  const insert = db.prepare(
    'INSERT INTO files (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET missing = 0, bytes = excluded.bytes',
  );
  /** Throws `file.missing`. */
  return (tx: { readonly settled: Set<string> }, id: string): void => {
    const bytes = fileBytes(id);
    if (bytes === undefined) {
      throw refuse('file.missing', 'a file of this record is not in the store', 'put the file first', { file: id });
    }
    insert.run(id, bytes);
    tx.settled.add(id);
  };
}
