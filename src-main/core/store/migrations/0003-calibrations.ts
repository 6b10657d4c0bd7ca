/** Schema 3: calibration records, which one is in use on which rig, and the checks made under them; all append-only. */
import type { Migration } from './migration.ts';

const keptAsTheyAre = (table: string, key: string): string => `
CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;
CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;
CREATE TRIGGER ${table}_no_replace BEFORE INSERT ON ${table} WHEN EXISTS (SELECT 1 FROM ${table} WHERE ${key} = NEW.${key})
BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;`;

export const calibrations: Migration = {
  version: 3,
  name: 'calibrations',
  sql: `
CREATE TABLE calibrations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  rig TEXT NOT NULL,
  record_json TEXT NOT NULL
) STRICT;
CREATE INDEX calibrations_by_rig ON calibrations (rig, seq);

CREATE TABLE calibration_uses (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  rig TEXT NOT NULL,
  calibration INTEGER REFERENCES calibrations (seq)
) STRICT;
CREATE INDEX calibration_uses_by_rig ON calibration_uses (rig, seq);

CREATE TABLE calibration_checks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  calibration INTEGER NOT NULL REFERENCES calibrations (seq),
  kind TEXT NOT NULL CHECK (kind IN ('drift', 'acceptance')),
  body_json TEXT NOT NULL
) STRICT;
CREATE INDEX calibration_checks_by_calibration ON calibration_checks (calibration, kind, seq);
${keptAsTheyAre('calibrations', 'id')}
${keptAsTheyAre('calibration_checks', 'id')}
CREATE TRIGGER calibration_uses_no_update BEFORE UPDATE ON calibration_uses BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;
CREATE TRIGGER calibration_uses_no_delete BEFORE DELETE ON calibration_uses BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;
`,
};
