/** Schema 5: calibrations of the lights, and which one is in use on which rig; both append-only. */
import type { Migration } from './migration.ts';

export const lights: Migration = {
  version: 5,
  name: 'lights',
  sql: `
CREATE TABLE light_records (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  rig TEXT NOT NULL,
  record_json TEXT NOT NULL
) STRICT;

CREATE TABLE light_uses (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  rig TEXT NOT NULL,
  record INTEGER REFERENCES light_records (seq)
) STRICT;
CREATE INDEX light_uses_by_rig ON light_uses (rig, seq);

CREATE TRIGGER light_records_no_update BEFORE UPDATE ON light_records
BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;
CREATE TRIGGER light_records_no_delete BEFORE DELETE ON light_records
BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;
CREATE TRIGGER light_uses_no_update BEFORE UPDATE ON light_uses
BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;
CREATE TRIGGER light_uses_no_delete BEFORE DELETE ON light_uses
BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;
`,
};
