/** Schema 4: design templates with their versions; the files lie on the shelf by content. */
import type { Migration } from './migration.ts';

export const templates: Migration = {
  version: 4,
  name: 'templates',
  sql: `
CREATE TABLE templates (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  version INTEGER NOT NULL CHECK (version >= 1)
) STRICT;

CREATE TABLE template_versions (
  template INTEGER NOT NULL REFERENCES templates (seq),
  number INTEGER NOT NULL CHECK (number >= 1),
  time TEXT NOT NULL,
  actor TEXT NOT NULL,
  summary_json TEXT NOT NULL,
  content TEXT NOT NULL REFERENCES files (id),
  preview TEXT REFERENCES files (id),
  PRIMARY KEY (template, number)
) STRICT;

CREATE TRIGGER template_versions_no_update BEFORE UPDATE ON template_versions
BEGIN SELECT raise(ABORT, 'versions of a template are kept as they are'); END;
CREATE TRIGGER template_versions_no_delete BEFORE DELETE ON template_versions
BEGIN SELECT raise(ABORT, 'versions of a template are kept as they are'); END;
`,
};
