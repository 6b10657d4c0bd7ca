/** All migrations in order, and the way from any released schema to the newest. */
import type { Database } from 'better-sqlite3';
import { refuse } from '../../errors/index.ts';
import { start } from './0001-start.ts';
import { studies } from './0002-studies.ts';
import { calibrations } from './0003-calibrations.ts';
import { templates } from './0004-templates.ts';
import { lights } from './0005-lights.ts';
import type { Migration } from './migration.ts';

export type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [start, studies, calibrations, templates, lights];

/** `TGW1`: marks the file as ours, so that no other program's database is ever migrated. */
export const applicationId = 0x54475731;

/**
 * Brings the database to the newest schema, each step in a transaction of its own; a fresh database runs all.
 * @param beforeUpgrade called once before an existing database (not a fresh one) is changed
 * @returns the versions before and after
 * @throws `store.newer` for a database of a later program, `store.damaged` for a stranger's
 */
export function migrate(
  db: Database,
  list: readonly Migration[],
  beforeUpgrade: (fromVersion: number) => void,
): { from: number; to: number } {
  const from = requireKnown(db, list);
  const newest = list.at(-1)?.version ?? 0;
  const steps = list.filter((step) => step.version > from);
  if (steps.length > 0 && from > 0) beforeUpgrade(from);
  for (const step of steps) {
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
  return { from, to: newest };
}

export const versionOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

/**
 * The database's schema number (0 for an empty one), without changing anything.
 * @throws `store.newer` for a database of a later program, `store.damaged` for a stranger's
 */
export function requireKnown(db: Database, list: readonly Migration[]): number {
  const version = versionOf(db);
  const newest = list.at(-1)?.version ?? 0;
  refuseForeign(db, version);
  if (version <= newest) return version;
  throw refuse(
    'store.newer',
    `the database has schema ${version}, this program knows up to ${newest}`,
    'update TruGrade, or open another data folder',
  );
}

/** Throws as `requireKnown`, and `store.readOnly` for an older schema, which only a writer could bring forward. */
export function requireNewest(db: Database, list: readonly Migration[]): void {
  const version = requireKnown(db, list);
  const newest = list.at(-1)?.version ?? 0;
  if (version === newest) return;
  throw refuse(
    'store.readOnly',
    `the database has the older schema ${version} and cannot be brought to ${newest} without writing`,
    'open it once where the data folder can be written',
  );
}

function refuseForeign(db: Database, version: number): void {
  const id = Number(db.pragma('application_id', { simple: true }));
  const tables = Number(db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").pluck().get());
  if (id === applicationId || (tables === 0 && version === 0 && id === 0)) return;
  throw refuse(
    'store.damaged',
    'the database in this folder is not a TruGrade database',
    'choose another data folder, or move that file away',
  );
}
