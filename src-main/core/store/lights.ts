/** Calibrations of the lights in the store: read anywhere, added in a transaction with an audit row, never changed. */
import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { type LightRecord, lightRecordSchema } from '../../contract/light-records.ts';
import type { Audit } from '../audit/index.ts';
import { refuse } from '../errors/index.ts';

export interface LightsReadable {
  /** Newest first. */
  list(): LightRecord[];
  /** Throws `notFound`. */
  get(id: string): LightRecord;
  /** The one in use on a rig. */
  active(rigId: string): LightRecord | null;
}

export interface LightsWritable {
  /** Throws `conflict` for an id that exists. */
  insert(record: LightRecord): void;
  /** Puts a record in use on a rig, or none. Throws `notFound`. */
  use(rigId: string, id: string | null, reason: string): void;
}

interface Row {
  readonly seq: number;
  readonly json: string;
}

export function createLightsReader(db: Database): LightsReadable & { seqOf(id: string): number } {
  const all = db.prepare<[], Row>('SELECT seq, record_json AS json FROM light_records ORDER BY seq DESC');
  const one = db.prepare<[string], Row>('SELECT seq, record_json AS json FROM light_records WHERE id = ?');
  const used = db.prepare<[string], { json: string | null }>(
    `SELECT r.record_json AS json FROM light_uses u LEFT JOIN light_records r ON r.seq = u.record
     WHERE u.rig = ? ORDER BY u.seq DESC LIMIT 1`,
  );
  const record = (json: string): LightRecord => lightRecordSchema.parse(JSON.parse(json));
  const need = (id: string): Row => {
    const row = one.get(id);
    if (row) return row;
    throw refuse('notFound', 'there is no such calibration of the lights', 'reload the list', { field: 'id' });
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

export function createLightsWriter(db: Database, audit: Audit): (actor: string) => LightsWritable {
  const reader = createLightsReader(db);
  const exists = db.prepare<[string], number>('SELECT 1 FROM light_records WHERE id = ?').pluck();
  const insert = db.prepare('INSERT INTO light_records (id, rig, record_json) VALUES (?, ?, ?)');
  const use = db.prepare('INSERT INTO light_uses (rig, record) VALUES (?, ?)');
  return (actor) => ({
    insert(given) {
      const record = lightRecordSchema.parse(given);
      if (exists.get(record.id) !== undefined)
        throw refuse('conflict', `there is a calibration ${record.id} already`, 'give the new one its own id', {
          field: 'id',
        });
      const json = JSON.stringify(record);
      insert.run(record.id, record.rigId, json);
      const payload = { recordSha256: hash('sha256', json, 'hex'), rig: record.rigId, name: record.name };
      audit.append({ actor, action: 'lights.insert', subject: record.id, payload });
    },
    use(rigId, id, reason) {
      use.run(rigId, id === null ? null : reader.seqOf(id));
      audit.append({ actor, action: 'lights.use', subject: rigId, reason, payload: { record: id } });
    },
  });
}
