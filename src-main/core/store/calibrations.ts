/** Calibration records and their checks in the store: read anywhere, added in a transaction with an audit row, never changed. */
import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import {
  type Acceptance,
  acceptanceSchema,
  type CalibrationRecord,
  calibrationRecordSchema,
  type DriftCheck,
  driftCheckSchema,
} from '../../contract/calibration.ts';
import type { Audit } from '../audit/index.ts';
import { refuse } from '../errors/index.ts';

export interface CalibrationsReadable {
  /** Newest first. */
  list(): CalibrationRecord[];
  /** Throws `notFound`. */
  get(id: string): CalibrationRecord;
  /** The one in use on a rig. */
  active(rigId: string): CalibrationRecord | null;
  /** Oldest first. */
  drift(calibrationId: string): DriftCheck[];
  /** Newest first. */
  acceptances(calibrationId: string): Acceptance[];
}

export interface CalibrationsWritable {
  /** Throws `conflict` for an id that exists. */
  insert(record: CalibrationRecord): void;
  /** Puts a record in use on a rig, or none. Throws `notFound`. */
  use(rigId: string, id: string | null, reason: string): void;
  addDrift(check: DriftCheck): void;
  addAcceptance(acceptance: Acceptance): void;
}

interface Row {
  readonly seq: number;
  readonly json: string;
}

export function createCalibrationsReader(db: Database): CalibrationsReadable & { seqOf(id: string): number } {
  const all = db.prepare<[], Row>('SELECT seq, record_json AS json FROM calibrations ORDER BY seq DESC');
  const one = db.prepare<[string], Row>('SELECT seq, record_json AS json FROM calibrations WHERE id = ?');
  const used = db.prepare<[string], { json: string | null }>(
    `SELECT c.record_json AS json FROM calibration_uses u LEFT JOIN calibrations c ON c.seq = u.calibration
     WHERE u.rig = ? ORDER BY u.seq DESC LIMIT 1`,
  );
  const checks = db.prepare<[number, string], Row>(
    'SELECT seq, body_json AS json FROM calibration_checks WHERE calibration = ? AND kind = ? ORDER BY seq',
  );
  const record = (json: string): CalibrationRecord => calibrationRecordSchema.parse(JSON.parse(json));
  const need = (id: string): Row => {
    const row = one.get(id);
    if (row === undefined)
      throw refuse('notFound', 'there is no such calibration', 'reload the list of calibrations', { field: 'id' });
    return row;
  };
  return {
    list: () => all.all().map((row) => record(row.json)),
    get: (id) => record(need(id).json),
    seqOf: (id) => need(id).seq,
    active(rigId) {
      const json = used.get(rigId)?.json ?? null;
      return json === null ? null : record(json);
    },
    drift: (id) => checks.all(need(id).seq, 'drift').map((row) => driftCheckSchema.parse(JSON.parse(row.json))),
    acceptances: (id) =>
      checks
        .all(need(id).seq, 'acceptance')
        .map((row) => acceptanceSchema.parse(JSON.parse(row.json)))
        .reverse(),
  };
}

export function createCalibrationsWriter(db: Database, audit: Audit): (actor: string) => CalibrationsWritable {
  const reader = createCalibrationsReader(db);
  const exists = db.prepare<[string], number>('SELECT 1 FROM calibrations WHERE id = ?').pluck();
  const insert = db.prepare('INSERT INTO calibrations (id, rig, record_json) VALUES (?, ?, ?)');
  const use = db.prepare('INSERT INTO calibration_uses (rig, calibration) VALUES (?, ?)');
  const check = db.prepare('INSERT INTO calibration_checks (id, calibration, kind, body_json) VALUES (?, ?, ?, ?)');
  return (actor) => ({
    insert(given) {
      const record = calibrationRecordSchema.parse(given);
      if (exists.get(record.id) !== undefined)
        throw refuse('conflict', `there is a calibration ${record.id} already`, 'give the new one its own id', {
          field: 'id',
        });
      const json = JSON.stringify(record);
      insert.run(record.id, record.rigId, json);
      const payload = { recordSha256: hash('sha256', json, 'hex'), rig: record.rigId, name: record.name };
      audit.append({ actor, action: 'calibration.insert', subject: record.id, payload });
    },
    use(rigId, id, reason) {
      use.run(rigId, id === null ? null : reader.seqOf(id));
      audit.append({ actor, action: 'calibration.use', subject: rigId, reason, payload: { calibration: id } });
    },
    addDrift(given) {
      const body = driftCheckSchema.parse(given);
      check.run(body.id, reader.seqOf(body.calibrationId), 'drift', JSON.stringify(body));
      const payload = { calibration: body.calibrationId, status: body.status, worstMm: body.worstMm };
      audit.append({ actor, action: 'calibration.drift', subject: body.id, payload });
    },
    addAcceptance(given) {
      const body = acceptanceSchema.parse(given);
      const json = JSON.stringify(body);
      check.run(body.id, reader.seqOf(body.calibrationId), 'acceptance', json);
      const payload = { calibration: body.calibrationId, passed: body.passed, bodySha256: hash('sha256', json, 'hex') };
      audit.append({ actor, action: 'calibration.acceptance', subject: body.id, payload });
    },
  });
}
