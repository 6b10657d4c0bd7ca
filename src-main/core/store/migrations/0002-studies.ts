/** Schema 2: studies of the measuring system, one row for each measurement. */
import type { Migration } from './migration.ts';

export const studies: Migration = {
  version: 2,
  name: 'studies',
  sql: `
CREATE TABLE studies (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'cancelled')),
  plan_json TEXT NOT NULL
) STRICT;

-- A withdrawn reading stays: a step may be measured again, but what it showed before is kept with the reason.
CREATE TABLE study_readings (
  study INTEGER NOT NULL REFERENCES studies (seq),
  step INTEGER NOT NULL CHECK (step >= 0),
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  time TEXT NOT NULL,
  actor TEXT NOT NULL,
  withdrawn TEXT,
  reading_json TEXT NOT NULL,
  PRIMARY KEY (study, step, attempt)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX study_readings_in_force ON study_readings (study, step) WHERE withdrawn IS NULL;
CREATE TRIGGER study_readings_no_delete BEFORE DELETE ON study_readings
BEGIN SELECT raise(ABORT, 'readings of a study are kept'); END;
`,
};
