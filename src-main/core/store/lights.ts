/** Calibrations of the lights in the store. */
import type { Database } from 'better-sqlite3';
import { type LightRecord, lightRecordSchema } from '../../contract/light-records.ts';
import type { Audit } from '../audit/index.ts';
import {
  createRigRecordsReader,
  createRigRecordsWriter,
  type RigRecordKind,
  type RigRecordsReadable,
  type RigRecordsReader,
  type RigRecordsWritable,
} from './rig-records.ts';

export type LightsReadable = RigRecordsReadable<LightRecord>;
export type LightsWritable = RigRecordsWritable<LightRecord>;

const kind: RigRecordKind<LightRecord> = {
  table: 'light_records',
  uses: { table: 'light_uses', column: 'record' },
  schema: lightRecordSchema,
  action: 'lights',
  unknown: ['there is no such calibration of the lights', 'reload the list'],
};

export const createLightsReader = (db: Database): RigRecordsReader<LightRecord> => createRigRecordsReader(db, kind);

export const createLightsWriter = (db: Database, audit: Audit): ((actor: string) => LightsWritable) =>
  createRigRecordsWriter(db, audit, kind, createLightsReader(db));
