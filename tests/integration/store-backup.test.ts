/** R4: backups made while writing, verified, restored; rotation; damage found. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { expired } from '../../src-main/core/store/backups/rotation.ts';
import { foldersOf, listBackups, restoreDamaged } from '../../src-main/core/store/index.ts';
import { addGrading, never, tempStores } from './store-temp.ts';

const stores = tempStores();
const coded = (code: string) => expect.objectContaining({ code });

function corrupt(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 100, Math.min(bytes.length, 40_000));
  writeFileSync(file, bytes);
}

test('a backup made while gradings are being stored is one consistent moment and restores whole', async () => {
  const store = stores.open(stores.folder());
  for (let number = 0; number < 40; number += 1) await addGrading(store, `before${number}`);
  const progress: number[] = [];
  const making = store.backups.create(never(), (fraction) => progress.push(fraction));
  for (let number = 0; number < 40; number += 1) await addGrading(store, `meanwhile${number}`);
  const backup = await making;
  await addGrading(store, 'after');
  expect(backup.verified).toBe(true);
  expect(store.backups.list()).toEqual([backup]);
  expect(await store.backups.verify(backup.name, never())).toEqual(backup);
  expect(progress.at(-1)).toBe(1);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));

  const into = join(dirname(store.folder), 'restored');
  const report = await store.backups.restore(backup.name, into, never());
  const restored = stores.open(into);
  const total = restored.gradings.total();
  expect(total).toBeGreaterThanOrEqual(40);
  expect(total).toBeLessThan(81);
  expect(report).toMatchObject({ files: total, missingFiles: [] });
  const verdict = restored.audit.verify();
  expect(verdict).toMatchObject({ ok: true, rows: total, head: backup.auditHead });
  expect(restored.openReport.sweep).toMatchObject({ filesWithoutRow: [], rowsWithoutFile: [], complete: true });
  for (const { id } of restored.gradings.page({ text: '', archived: false, limit: 200 }).items) {
    expect(restored.gradings.get(id)).toEqual(store.gradings.get(id));
  }
  restored.write('tester', (tx) => tx.note('restore.done', backup.name, null));
  expect(restored.audit.verify().ok).toBe(true);
});

test('a cancelled backup leaves nothing behind', async () => {
  const store = stores.open(stores.folder());
  await addGrading(store, 'g1');
  await expect(store.backups.create(AbortSignal.abort())).rejects.toThrow(coded('cancelled'));
  const abort = new AbortController();
  await expect(store.backups.create(abort.signal, () => abort.abort())).rejects.toThrow(coded('cancelled'));
  const { backups, tmp } = foldersOf(store.folder);
  expect([readdirSync(backups), readdirSync(tmp)]).toEqual([[], []]);
});

test('a damaged backup is found, is not restored, and nothing is made', async () => {
  const store = stores.open(stores.folder());
  await addGrading(store, 'g1');
  const { name } = await store.backups.create(never());
  const into = join(dirname(store.folder), 'restored');
  const file = join(foldersOf(store.folder).backups, name, 'trugrade.sqlite');
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(file, bytes);
  expect(await store.backups.verify(name, never())).toMatchObject({ name, verified: false });
  await expect(store.backups.restore(name, into, never())).rejects.toThrow(coded('store.damaged'));
  expect(existsSync(into)).toBe(false);
  await expect(store.backups.verify('../../etc', never())).rejects.toThrow(coded('notFound'));
});

test('restoring names the pictures that are lost or damaged, and refuses a folder that is not empty', async () => {
  const store = stores.open(stores.folder());
  const lost = await addGrading(store, 'g1');
  const changed = await addGrading(store, 'g2');
  await addGrading(store, 'g3');
  const { name } = await store.backups.create(never());
  rmSync(store.files.path(lost));
  writeFileSync(store.files.path(changed), 'changed');
  const into = join(dirname(store.folder), 'restored');
  const report = await store.backups.restore(name, into, never());
  expect(report.files).toBe(1);
  expect(report.missingFiles.toSorted()).toEqual([lost, changed].toSorted());
  await expect(store.backups.restore(name, into, never())).rejects.toThrow(coded('conflict'));
});

test('backups are ordered by number, not by the clock, and rotate', async () => {
  const store = stores.open(stores.folder());
  await addGrading(store, 'g1');
  const names: string[] = [];
  for (let number = 0; number < 5; number += 1) {
    names.push((await store.backups.create(never())).name);
    stores.clock.setWall(new Date(stores.clock.now().getTime() - 60_000));
  }
  expect(store.backups.list().map(({ name }) => name)).toEqual(names.slice(2).reverse());
});

test('rotation keeps three of today, one of each earlier day, ten in all, and always the newest', () => {
  const at = (day: number, hour: number) => ({
    name: `${day}/${hour}`,
    createdAt: new Date(Date.UTC(2026, 2, day, hour)).toISOString(),
  });
  const days = Array.from({ length: 20 }, (_, back) => [
    at(20 - back, 18),
    at(20 - back, 12),
    at(20 - back, 8),
    at(20 - back, 6),
  ]);
  const gone = new Set(expired(days.flat(), new Date(Date.UTC(2026, 2, 20, 20))));
  const kept = days.flat().filter(({ name }) => !gone.has(name));
  expect(kept.map(({ name }) => name)).toEqual([
    '20/18',
    '20/12',
    '20/8',
    '19/18',
    '18/18',
    '17/18',
    '16/18',
    '15/18',
    '14/18',
    '13/18',
  ]);
  expect(expired([at(1, 1)], new Date(0))).toEqual([]);
});

test('a damaged database is set aside, never replaced by an empty one, and a backup takes its place', async () => {
  const folder = stores.folder();
  const paths = foldersOf(folder);
  const store = stores.open(folder);
  await addGrading(store, 'g1');
  const { name } = await store.backups.create(never());
  store.close();
  corrupt(paths.database);
  const damaged = readFileSync(paths.database);
  expect(() => stores.open(folder)).toThrow(coded('store.damaged'));
  expect(() => stores.open(folder)).toThrow(new RegExp(name));
  expect(readFileSync(join(paths.quarantine, 'database', 'trugrade.sqlite'))).toEqual(damaged);
  expect(listBackups(folder).map((backup) => backup.name)).toEqual([name]);
  await restoreDamaged(folder, name, never());
  const again = stores.open(folder);
  expect(again.gradings.total()).toBe(1);
  expect(again.audit.verify().ok).toBe(true);
  await expect(restoreDamaged(folder, name, never())).rejects.toThrow(coded('conflict'));
});

test('a stranger file in the place of the database is refused', () => {
  const folder = stores.folder();
  stores.open(folder).close();
  const paths = foldersOf(folder);
  rmSync(paths.database);
  const other = new Database(paths.database);
  other.exec('CREATE TABLE photos (id)');
  other.close();
  expect(() => stores.open(folder)).toThrow(coded('store.damaged'));
  expect(existsSync(paths.database)).toBe(true);
});
