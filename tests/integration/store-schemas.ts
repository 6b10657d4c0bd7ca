/** Every released schema as SQL text, frozen at its release, with a few rows: what upgrades are tested with. */

export interface ReleasedSchema {
  readonly version: number;
  /** Makes a database of that release in an empty file. */
  readonly sql: string;
}

/** Rows of schema 1; the audit row's hash is SHA-256 over 64 zeros and the canonical row, worked out with sha256sum. */
const schema1 = `
PRAGMA application_id = 1413961521;
PRAGMA user_version = 1;
CREATE TABLE settings (key TEXT PRIMARY KEY NOT NULL, value_json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE files (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 64), bytes INTEGER NOT NULL CHECK (bytes >= 0),
  missing INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE gradings (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('graded', 'needsPerson')),
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)), revision INTEGER NOT NULL DEFAULT 1,
  summary_json TEXT NOT NULL, search TEXT NOT NULL
) STRICT;
CREATE INDEX gradings_by_shelf ON gradings (archived, seq);
CREATE INDEX gradings_by_status ON gradings (archived, status, seq);
CREATE TABLE revisions (
  grading INTEGER NOT NULL REFERENCES gradings (seq), number INTEGER NOT NULL CHECK (number >= 1),
  time TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT, summary_json TEXT NOT NULL, report_gzip BLOB NOT NULL,
  report_sha256 TEXT NOT NULL CHECK (length(report_sha256) = 64), PRIMARY KEY (grading, number)
) STRICT;
CREATE TABLE grading_files (
  grading INTEGER NOT NULL REFERENCES gradings (seq), role TEXT NOT NULL CHECK (role IN ('view', 'thumbnail')),
  place INTEGER NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL REFERENCES files (id),
  width_px INTEGER, height_px INTEGER, PRIMARY KEY (grading, role, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX grading_files_by_file ON grading_files (file);
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, time TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
  reason TEXT, payload_json TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log cannot be changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log cannot be changed'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'the audit log cannot be changed'); END;
CREATE TRIGGER revisions_no_update BEFORE UPDATE ON revisions BEGIN SELECT raise(ABORT, 'revisions are kept as they are'); END;
CREATE TRIGGER revisions_no_delete BEFORE DELETE ON revisions BEGIN SELECT raise(ABORT, 'revisions are kept as they are'); END;
CREATE TRIGGER revisions_no_replace BEFORE INSERT ON revisions
WHEN EXISTS (SELECT 1 FROM revisions WHERE grading = NEW.grading AND number = NEW.number)
BEGIN SELECT raise(ABORT, 'revisions are kept as they are'); END;
INSERT INTO settings VALUES ('operator', '"Ann"');
INSERT INTO audit VALUES (1, '2026-03-01T12:00:00.000Z', 'op', 'settings.set', 'operator', NULL,
  '{"after":"Ann","before":""}', '0000000000000000000000000000000000000000000000000000000000000000',
  '34e9a8201b4f91c7710f30860114f695dce9914e27ad92f0795ff0eb27ba8263');
`;

const schema2 = `
${schema1}
PRAGMA user_version = 2;
CREATE TABLE studies (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, actor TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'cancelled')), plan_json TEXT NOT NULL
) STRICT;
CREATE TABLE study_readings (
  study INTEGER NOT NULL REFERENCES studies (seq), step INTEGER NOT NULL CHECK (step >= 0),
  attempt INTEGER NOT NULL CHECK (attempt >= 1), time TEXT NOT NULL, actor TEXT NOT NULL, withdrawn TEXT,
  reading_json TEXT NOT NULL, PRIMARY KEY (study, step, attempt)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX study_readings_in_force ON study_readings (study, step) WHERE withdrawn IS NULL;
CREATE TRIGGER study_readings_no_delete BEFORE DELETE ON study_readings
BEGIN SELECT raise(ABORT, 'readings of a study are kept'); END;
`;

const schema3 = `
${schema2}
PRAGMA user_version = 3;
CREATE TABLE calibrations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, rig TEXT NOT NULL, record_json TEXT NOT NULL
) STRICT;
CREATE INDEX calibrations_by_rig ON calibrations (rig, seq);
CREATE TABLE calibration_uses (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, rig TEXT NOT NULL, calibration INTEGER REFERENCES calibrations (seq)
) STRICT;
CREATE INDEX calibration_uses_by_rig ON calibration_uses (rig, seq);
CREATE TABLE calibration_checks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  calibration INTEGER NOT NULL REFERENCES calibrations (seq),
  kind TEXT NOT NULL CHECK (kind IN ('drift', 'acceptance')), body_json TEXT NOT NULL
) STRICT;
CREATE INDEX calibration_checks_by_calibration ON calibration_checks (calibration, kind, seq);
${['calibrations', 'calibration_uses', 'calibration_checks']
  .map((table) =>
    ['UPDATE', 'DELETE']
      .map(
        (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;`,
      )
      .join('\n'),
  )
  .join('\n')}
${['calibrations', 'calibration_checks']
  .map(
    (table) => `CREATE TRIGGER ${table}_no_replace BEFORE INSERT ON ${table}
WHEN EXISTS (SELECT 1 FROM ${table} WHERE id = NEW.id) BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;`,
  )
  .join('\n')}
`;

const schema4 = `
${schema3}
PRAGMA user_version = 4;
CREATE TABLE templates (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)), version INTEGER NOT NULL CHECK (version >= 1)
) STRICT;
CREATE TABLE template_versions (
  template INTEGER NOT NULL REFERENCES templates (seq), number INTEGER NOT NULL CHECK (number >= 1),
  time TEXT NOT NULL, actor TEXT NOT NULL, summary_json TEXT NOT NULL, content TEXT NOT NULL REFERENCES files (id),
  preview TEXT REFERENCES files (id), PRIMARY KEY (template, number)
) STRICT;
CREATE TRIGGER template_versions_no_update BEFORE UPDATE ON template_versions
BEGIN SELECT raise(ABORT, 'versions of a template are kept as they are'); END;
CREATE TRIGGER template_versions_no_delete BEFORE DELETE ON template_versions
BEGIN SELECT raise(ABORT, 'versions of a template are kept as they are'); END;
`;

const schema5 = `
${schema4}
PRAGMA user_version = 5;
CREATE TABLE light_records (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, rig TEXT NOT NULL, record_json TEXT NOT NULL
) STRICT;
CREATE TABLE light_uses (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, rig TEXT NOT NULL, record INTEGER REFERENCES light_records (seq)
) STRICT;
CREATE INDEX light_uses_by_rig ON light_uses (rig, seq);
${['light_records', 'light_uses']
  .flatMap((table) =>
    ['UPDATE', 'DELETE'].map(
      (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
BEGIN SELECT raise(ABORT, 'calibrations are kept as they are'); END;`,
    ),
  )
  .join('\n')}
`;

export const releasedSchemas: readonly ReleasedSchema[] = [
  { version: 1, sql: schema1 },
  { version: 2, sql: schema2 },
  { version: 3, sql: schema3 },
  { version: 4, sql: schema4 },
  { version: 5, sql: schema5 },
];
