/** Records of a rig of which one is in use: read anywhere, added in a transaction with an audit row, never changed. */
import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { z } from 'zod';
import type { Audit } from '../audit/index.ts';
import { refuse } from '../errors/index.ts';

interface RigRecord {
  readonly id: string;
  readonly rigId: string;
  readonly name: string;
}

/** Where records of one kind are kept and what they are called. */
export interface RigRecordKind<T extends RigRecord> {
  /** Table of the records. */
  readonly table: string;
  /** Table of what was put in use, and its column for the record. */
  readonly uses: { readonly table: string; readonly column: string };
  readonly schema: z.ZodType<T>;
  /** First word of the audit's actions. */
  readonly action: string;
  /** What is told where an id is unknown: what happened, and what to do. */
  readonly unknown: readonly [string, string];
}

export interface RigRecordsReadable<T> {
  /** Newest first. */
  list(): T[];
  /** Throws `notFound`. */
  get(id: string): T;
  /** The one in use on a rig. */
  active(rigId: string): T | null;
}

export interface RigRecordsWritable<T> {
  /** Throws `conflict` for an id that exists. */
  insert(record: T): void;
  /** Puts a record in use on a rig, or none. Throws `notFound`. */
  use(rigId: string, id: string | null, reason: string): void;
}

export interface RigRecordsReader<T> extends RigRecordsReadable<T> {
  /** Row of a record. Throws `notFound`. */
  seqOf(id: string): number;
}

interface Row {
  readonly seq: number;
  readonly json: string;
}

export function createRigRecordsReader<T extends RigRecord>(
  db: Database,
  { table, uses, schema, unknown }: RigRecordKind<T>,
): RigRecordsReader<T> {
  const all = db.prepare<[], Row>(`SELECT seq, record_json AS json FROM ${table} ORDER BY seq DESC`);
  const one = db.prepare<[string], Row>(`SELECT seq, record_json AS json FROM ${table} WHERE id = ?`);
  const used = db.prepare<[string], { json: string | null }>(
    `SELECT r.record_json AS json FROM ${uses.table} u LEFT JOIN ${table} r ON r.seq = u.${uses.column}
     WHERE u.rig = ? ORDER BY u.seq DESC LIMIT 1`,
  );
  const record = (json: string): T => schema.parse(JSON.parse(json));
  const need = (id: string): Row => {
    const row = one.get(id);
    if (row) return row;
    throw refuse('notFound', unknown[0], unknown[1], { field: 'id' });
  };
  return {
    list: () => all.all().map((row) => record(row.json)),
    get: (id) => record(need(id).json),
    seqOf: (id) => need(id).seq,
    active(rigId) {
      const json = used.get(rigId)?.json ?? null;
      return json === null ? null : record(json);
    },
  };
}

export function createRigRecordsWriter<T extends RigRecord>(
  db: Database,
  audit: Audit,
  kind: RigRecordKind<T>,
  reader: RigRecordsReader<T>,
): (actor: string) => RigRecordsWritable<T> {
  const { table, uses, schema, action } = kind;
  const exists = db.prepare<[string], number>(`SELECT 1 FROM ${table} WHERE id = ?`).pluck();
  const insert = db.prepare(`INSERT INTO ${table} (id, rig, record_json) VALUES (?, ?, ?)`);
  const use = db.prepare(`INSERT INTO ${uses.table} (rig, ${uses.column}) VALUES (?, ?)`);
  return (actor) => ({
    insert(given) {
      const record = schema.parse(given);
      if (exists.get(record.id) !== undefined)
        throw refuse('conflict', `there is a calibration ${record.id} already`, 'give the new one its own id', {
          field: 'id',
        });
      const json = JSON.stringify(record);
      insert.run(record.id, record.rigId, json);
      const payload = { recordSha256: hash('sha256', json, 'hex'), rig: record.rigId, name: record.name };
      audit.append({ actor, action: `${action}.insert`, subject: record.id, payload });
    },
    use(rigId, id, reason) {
      use.run(rigId, id === null ? null : reader.seqOf(id));
      audit.append({ actor, action: `${action}.use`, subject: rigId, reason, payload: { [uses.column]: id } });
    },
  });
}
