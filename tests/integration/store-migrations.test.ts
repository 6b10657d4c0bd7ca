/** R5: every released schema comes to the newest; a newer one is refused; a failed step changes nothing. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { writeAnchor } from '../../src-main/core/audit/index.ts';
import { foldersOf } from '../../src-main/core/store/index.ts';
import { type Migration, migrations } from '../../src-main/core/store/migrations/index.ts';
import { releasedSchemas } from './store-schemas.ts';
import { addGrading, tempStores } from './store-temp.ts';

const stores = tempStores();
const coded = (code: string) => expect.objectContaining({ code });
const newest = migrations.at(-1)?.version ?? 0;

/** Tables, indexes and triggers with their SQL, without regard to white space. */
function schemaOf(file: string): string[] {
  const db = new Database(file, { readonly: true });
  try {
    const all = db.prepare<[], string>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
    );
    return all
      .pluck()
      .all()
      .map((sql) => sql.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/ \)/g, ')'))
      .sort();
  } finally {
    db.close();
  }
}

function released(version: number): string {
  const schema = releasedSchemas.find((each) => each.version === version);
  const folder = stores.folder();
  mkdirSync(folder);
  const paths = foldersOf(folder);
  const db = new Database(paths.database);
  db.exec(schema?.sql ?? '');
  const head = db.prepare<[], { seq: number; hash: string }>('SELECT seq, hash FROM audit').get();
  db.close();
  if (head) writeAnchor(paths.anchor, head);
  return folder;
}

const secondStep: Migration = {
  version: newest + 1,
  name: 'colour',
  sql: "ALTER TABLE gradings ADD COLUMN colour TEXT NOT NULL DEFAULT 'none'",
};

test('migrations are numbered without gaps and each has a released schema to test with', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  expect(releasedSchemas.map(({ version }) => version)).toEqual(migrations.map(({ version }) => version));
});

test.each(releasedSchemas.map(({ version }) => version))(
  'schema %i comes to the newest with its rows and its chain',
  async (version) => {
    const folder = released(version);
    const store = stores.open(folder);
    expect(store.openReport).toMatchObject({ created: false, schema: { from: version, to: newest } });
    expect(store.settings().operator).toBe('Ann');
    expect(store.audit.verify()).toMatchObject({ ok: true, rows: 1 });
    await addGrading(store, 'g1');
    expect(store.audit.verify()).toMatchObject({ ok: true, rows: 2 });
    store.close();
    const fresh = stores.open(stores.folder());
    fresh.close();
    expect(schemaOf(foldersOf(folder).database)).toEqual(schemaOf(foldersOf(fresh.folder).database));
  },
);

test('an upgrade keeps a copy of the database as it was', async () => {
  const folder = stores.folder();
  const old = stores.open(folder);
  await addGrading(old, 'g1');
  old.close();
  const store = stores.open(folder, { migrations: [...migrations, secondStep] });
  expect(store.openReport.schema).toEqual({ from: newest, to: newest + 1 });
  expect(store.gradings.total()).toBe(1);
  expect(store.audit.verify().ok).toBe(true);
  const { backups } = foldersOf(folder);
  expect(readdirSync(backups)).toEqual([`before-schema-${newest}.sqlite`]);
  expect(schemaOf(`${backups}/before-schema-${newest}.sqlite`).join()).not.toContain('colour');
});

test('a newer database is refused and not touched', () => {
  const folder = stores.folder();
  stores.open(folder, { migrations: [...migrations, secondStep] }).close();
  const { database } = foldersOf(folder);
  const before = readFileSync(database);
  expect(() => stores.open(folder)).toThrow(coded('store.newer'));
  expect(readFileSync(database)).toEqual(before);
  expect(stores.open(folder, { migrations: [...migrations, secondStep] }).gradings.total()).toBe(0);
});

test('a step that fails half-way leaves the schema and rows of before', async () => {
  const folder = stores.folder();
  const old = stores.open(folder);
  await addGrading(old, 'g1');
  old.close();
  const before = schemaOf(foldersOf(folder).database);
  const broken: Migration = { ...secondStep, sql: `${secondStep.sql}; INSERT INTO nowhere VALUES (1)` };
  expect(() => stores.open(folder, { migrations: [...migrations, broken] })).toThrow(/nowhere/);
  expect(schemaOf(foldersOf(folder).database)).toEqual(before);
  expect(stores.open(folder).gradings.total()).toBe(1);
});
