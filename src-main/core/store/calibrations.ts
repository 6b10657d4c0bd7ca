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
import {
  createRigRecordsReader,
  createRigRecordsWriter,
  type RigRecordKind,
  type RigRecordsReadable,
  type RigRecordsReader,
  type RigRecordsWritable,
} from './rig-records.ts';

export interface CalibrationsReadable extends RigRecordsReadable<CalibrationRecord> {
  /** Oldest first. */
  drift(calibrationId: string): DriftCheck[];
  /** Newest first. */
  acceptances(calibrationId: string): Acceptance[];
}

export interface CalibrationsWritable extends RigRecordsWritable<CalibrationRecord> {
  addDrift(check: DriftCheck): void;
  addAcceptance(acceptance: Acceptance): void;
}

const kind: RigRecordKind<CalibrationRecord> = {
  table: 'calibrations',
  uses: { table: 'calibration_uses', column: 'calibration' },
  schema: calibrationRecordSchema,
  action: 'calibration',
  unknown: ['there is no such calibration', 'reload the list of calibrations'],
};

export function createCalibrationsReader(
  db: Database,
): CalibrationsReadable & Pick<RigRecordsReader<CalibrationRecord>, 'seqOf'> {
  const records = createRigRecordsReader(db, kind);
  const checks = db.prepare<[number, string], { json: string }>(
    'SELECT body_json AS json FROM calibration_checks WHERE calibration = ? AND kind = ? ORDER BY seq',
  );
  return {
    ...records,
    drift: (id) => checks.all(records.seqOf(id), 'drift').map((row) => driftCheckSchema.parse(JSON.parse(row.json))),
    acceptances: (id) =>
      checks
        .all(records.seqOf(id), 'acceptance')
        .map((row) => acceptanceSchema.parse(JSON.parse(row.json)))
        .reverse(),
  };
}

export function createCalibrationsWriter(db: Database, audit: Audit): (actor: string) => CalibrationsWritable {
  const reader = createCalibrationsReader(db);
  const records = createRigRecordsWriter(db, audit, kind, reader);
  const check = db.prepare('INSERT INTO calibration_checks (id, calibration, kind, body_json) VALUES (?, ?, ?, ?)');
  return (actor) => ({
    ...records(actor),
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
