/** The store as its callers see it: gradings, files, settings, one writer, sweep. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sampleGrading } from '../../../tests/integration/store-sample.ts';
import { addGrading, never, tempStores } from '../../../tests/integration/store-temp.ts';
import { realDisk } from './disk.ts';
import { foldersOf } from './index.ts';

const stores = tempStores();
const coded = (code: string) => expect.objectContaining({ code });
const all = { text: '', archived: false, limit: 50 };

test('a grading comes back as it was stored, also after closing and opening', async () => {
  const folder = stores.folder();
  const store = stores.open(folder);
  expect(store.openReport).toMatchObject({ created: true, audit: { ok: true, rows: 0 } });
  const image = await addGrading(store, 'g1', { cardId: 'C-7', sourceName: 'Pokémon 4/102' });
  const before = store.gradings.get('g1');
  store.close();
  store.close();
  const again = stores.open(folder);
  expect(again.openReport).toMatchObject({ created: false, sweep: { filesWithoutRow: [], rowsWithoutFile: [] } });
  expect(again.gradings.get('g1')).toEqual(before);
  expect(before).toEqual(sampleGrading('g1', [image], { cardId: 'C-7', sourceName: 'Pokémon 4/102' }));
  expect(Buffer.from(await again.files.read(image)).toString()).toBe('picture of g1');
  expect(again.files.gradingsOf(image)).toEqual(['g1']);
  expect(() => again.gradings.get('nobody')).toThrow(coded('notFound'));
});

test('a file is named by its SHA-256 and lies under two digits of it; bytes and paths give the same id', async () => {
  const folder = stores.folder();
  const store = stores.open(folder);
  const bytes = Buffer.alloc(2_500_000, 'abc');
  const sha = createHash('sha256').update(bytes).digest('hex');
  const source = join(folder, 'source.bin');
  writeFileSync(source, bytes);
  expect(await store.files.put(bytes)).toBe(sha);
  expect(await store.files.put({ path: source })).toBe(sha);
  expect(readFileSync(join(folder, 'files', sha.slice(0, 2), sha.slice(2)))).toEqual(bytes);
  expect(await store.files.verify(sha)).toBe('ok');
  writeFileSync(store.files.path(sha), 'other');
  expect(await store.files.verify(sha)).toBe('damaged');
  await expect(store.files.put({ path: join(folder, 'none') })).rejects.toThrow(coded('file.missing'));
  expect(() => store.files.path('../../etc/passwd')).toThrow(coded('value.invalid'));
  expect(readdirSync(join(folder, 'tmp')).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a file taken back is gone unless a grading or another put holds it', async () => {
  const store = stores.open(stores.folder());
  const held = await addGrading(store, 'g1');
  await store.files.put(Buffer.from('picture of g1'));
  store.files.discard(held);
  expect(existsSync(store.files.path(held))).toBe(true);
  const twice = await store.files.put(Buffer.from('twice'));
  await store.files.put(Buffer.from('twice'));
  store.files.discard(twice);
  expect(existsSync(store.files.path(twice))).toBe(true);
  store.files.discard(twice);
  expect(existsSync(store.files.path(twice))).toBe(false);
  expect(readdirSync(join(store.folder, 'tmp'))).toEqual([]);
});

test('a grading whose picture was never put is refused and leaves nothing', () => {
  const store = stores.open(stores.folder());
  const grading = sampleGrading('g1', ['0'.repeat(64)]);
  expect(() => store.write('op', (tx) => tx.gradings.insert(grading))).toThrow(coded('file.missing'));
  expect(store.gradings.total()).toBe(0);
  expect(store.audit.verify()).toMatchObject({ ok: true, rows: 0 });
});

test('a transaction that throws leaves neither rows nor audit rows; an async one is refused', async () => {
  const store = stores.open(stores.folder());
  const image = await store.files.put(Buffer.from('x'));
  const broken = () =>
    store.write('op', (tx) => {
      tx.gradings.insert(sampleGrading('g1', [image]));
      tx.setSettings({ operator: 'Ann' });
      throw new RangeError('stop');
    });
  expect(broken).toThrow(/stop/);
  expect(() => store.write('op', async (tx) => tx.setSettings({ operator: 'Ann' }))).toThrow(/async/);
  expect(store.gradings.total()).toBe(0);
  expect(store.settings().operator).toBe('');
  expect(store.audit.verify()).toMatchObject({ ok: true, rows: 0 });
  await addGrading(store, 'g2');
  await expect(addGrading(store, 'g2')).rejects.toThrow(coded('conflict'));
});

test('a regrade keeps the old values, its reason and who did it', async () => {
  const store = stores.open(stores.folder());
  const image = await addGrading(store, 'g1');
  const other = sampleGrading('g1', [image], { standard: 'bgs', overall: 9.5, label: 'GEM' });
  store.write('ann', (tx) => tx.gradings.revise('g1', other, 'customer asked'));
  expect(store.gradings.get('g1').summary).toMatchObject({ standard: 'bgs', overall: 9.5 });
  const [first, second] = store.gradings.revisions('g1');
  expect(first).toMatchObject({ number: 1, actor: 'tester', reason: null, summary: { standard: 'psa', overall: 9 } });
  expect(second).toMatchObject({ number: 2, actor: 'ann', reason: 'customer asked', summary: { standard: 'bgs' } });
  expect(store.gradings.report('g1', 1).grade.standard).toBe('psa');
  expect(store.audit.list({ limit: 1 }).items[0]).toMatchObject({
    action: 'grading.revise',
    actor: 'ann',
    subject: 'g1',
  });
  expect(() => store.gradings.report('g1', 3)).toThrow(coded('notFound'));
  const renamed = { ...other, summary: { ...other.summary, id: 'g2' } };
  expect(() => store.write('ann', (tx) => tx.gradings.revise('g1', renamed, 'x'))).toThrow(coded('conflict'));
});

test('archiving moves a grading between the shelves and is on record once', async () => {
  const store = stores.open(stores.folder());
  await addGrading(store, 'g1');
  const before = store.audit.verify().rows;
  store.write('ann', (tx) => tx.gradings.setArchived('g1', true, 'sold'));
  store.write('ann', (tx) => tx.gradings.setArchived('g1', true, 'sold'));
  expect(store.gradings.page(all).items).toEqual([]);
  expect(store.gradings.page({ ...all, archived: true }).items).toMatchObject([{ id: 'g1', archived: true }]);
  store.write('ann', (tx) => tx.gradings.setArchived('g1', false, null));
  expect(store.gradings.page(all).items).toMatchObject([{ id: 'g1', archived: false }]);
  expect(store.audit.verify().rows).toBe(before + 2);
});

test('pages are newest first, whole, and not shifted by gradings that come meanwhile', async () => {
  const store = stores.open(stores.folder());
  for (let number = 1; number <= 25; number += 1) await addGrading(store, `g${number}`);
  const first = store.gradings.page({ ...all, limit: 10 });
  await addGrading(store, 'late');
  const second = store.gradings.page({ ...all, limit: 10, cursor: first.nextCursor ?? '' });
  const third = store.gradings.page({ ...all, limit: 10, cursor: second.nextCursor ?? '' });
  expect([first.total, third.total, third.nextCursor]).toEqual([25, 26, null]);
  expect([...first.items, ...second.items, ...third.items].map((item) => item.id)).toEqual(
    Array.from({ length: 25 }, (_, index) => `g${25 - index}`),
  );
  for (const cursor of ['', 'x', 'djEuLTE', '%', Buffer.from('v1.1 OR 1').toString('base64url')]) {
    expect(() => store.gradings.page({ ...all, cursor })).toThrow(coded('value.invalid'));
  }
});

test('search finds all words anywhere, whatever case and accents, and takes no character for a wildcard', async () => {
  const store = stores.open(stores.folder());
  await addGrading(store, 'g1', { sourceName: 'Pokémon 100%_GLURAK', cardId: 'C-1' });
  await addGrading(store, 'g2', { sourceName: 'other', cardId: null, status: 'needsPerson', label: null });
  const found = (text: string, more = {}) => store.gradings.page({ ...all, text, ...more }).items.map(({ id }) => id);
  expect(found('glurak pokemon')).toEqual(['g1']);
  expect(found('c-1 MINT')).toEqual(['g1']);
  expect(found('%_')).toEqual(['g1']);
  expect(found('_ther')).toEqual([]);
  expect(found("' OR 1=1 --")).toEqual([]);
  expect(found('')).toEqual(['g2', 'g1']);
  expect(found('', { status: 'needsPerson' })).toEqual(['g2']);
});

test('settings have defaults, are checked, and each change is on record with both values', () => {
  const store = stores.open(stores.folder());
  expect(store.settings()).toEqual({
    ...{ standard: 'psa', operator: '', keepLogsDays: 30, keepMapsDays: 365, keepFramesDays: 0 },
    ...{ driftCheckHours: 24, driftCheckPolicy: 'warn', assumptions: {}, compute: 'auto' },
  });
  const set = store.write('ann', (tx) => tx.setSettings({ operator: 'Ann', standard: undefined, keepLogsDays: 30 }));
  expect(set).toMatchObject({
    standard: 'psa',
    operator: 'Ann',
    keepLogsDays: 30,
    keepMapsDays: 365,
    keepFramesDays: 0,
  });
  expect(store.settings()).toEqual(set);
  expect(store.audit.list({ limit: 9 }).items).toMatchObject([{ action: 'settings.set', subject: 'operator' }]);
  const assumption = { halfWidth: 1, sensitivity: 1e-5, distribution: 'rectangular' as const, basis: 'log' };
  for (let i = 0; i < 2; i += 1) store.write('ann', (tx) => tx.setSettings({ assumptions: { thermal: assumption } }));
  expect(store.settings().assumptions).toEqual({ thermal: assumption });
  expect(store.audit.list({ limit: 9 }).items.map(({ subject }) => subject)).toEqual(['assumptions', 'operator']);
  expect(() => store.write('ann', (tx) => tx.setSettings({ keepLogsDays: 0 }))).toThrow(coded('value.invalid'));
});

test('a second opener is refused while the first has the folder, and not after', () => {
  const folder = stores.folder();
  const first = stores.open(folder);
  expect(() => stores.open(folder)).toThrow(coded('store.locked'));
  first.close();
  expect(stores.open(folder).readOnlyReason).toBeNull();
});

test('opening sets orphans aside, removes unfinished copies, and reports missing files until they are back', async () => {
  const folder = stores.folder();
  const paths = foldersOf(folder);
  const store = stores.open(folder);
  const image = await addGrading(store, 'g1');
  const orphan = await store.files.put(Buffer.from('never written to a row'));
  store.close();
  const file = store.files.path(image);
  const bytes = readFileSync(file);
  rmSync(file);
  writeFileSync(join(paths.tmp, 'half.part'), 'half');
  mkdirSync(join(paths.files, 'zz'));
  const second = stores.open(folder);
  expect(second.openReport.sweep).toEqual({
    filesWithoutRow: [orphan, 'zz'],
    rowsWithoutFile: [image],
    leftovers: 1,
    complete: true,
  });
  expect(readFileSync(join(paths.quarantine, orphan)).toString()).toBe('never written to a row');
  expect(readdirSync(paths.tmp)).toEqual([]);
  await expect(second.files.read(image)).rejects.toThrow(coded('file.missing'));
  writeFileSync(file, bytes);
  expect(await second.sweep(never())).toEqual({
    filesWithoutRow: [],
    rowsWithoutFile: [],
    leftovers: 0,
    complete: true,
  });
});

test('a sweep leaves alone what is put and not yet written', async () => {
  const store = stores.open(stores.folder());
  const image = await store.files.put(Buffer.from('soon'));
  expect((await store.sweep(never())).filesWithoutRow).toEqual([]);
  store.write('op', (tx) => tx.gradings.insert(sampleGrading('g1', [image])));
  expect(readdirSync(join(store.folder, 'tmp'))).toEqual([]);
});

test('ordering and the audit chain do not care about a clock set back', async () => {
  const store = stores.open(stores.folder());
  await addGrading(store, 'before');
  stores.clock.setWall(new Date(stores.clock.now().getTime() - 3_600_000));
  await addGrading(store, 'after');
  expect(store.gradings.page(all).items.map(({ id }) => id)).toEqual(['after', 'before']);
  const [newer, older] = store.audit.list({ limit: 2 }).items;
  expect([newer?.subject, older?.subject]).toEqual(['after', 'before']);
  expect(Date.parse(newer?.time ?? '')).toBeLessThan(Date.parse(older?.time ?? ''));
  expect(store.audit.verify().ok).toBe(true);
});

test.each(['open', 'rename', 'mkdir'] as const)(
  'a disk that is full at %s refuses the file and leaves nothing',
  async (step) => {
    const fail = () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    const folder = stores.folder();
    const store = stores.open(folder, { disk: { ...realDisk, [step]: fail } });
    await expect(store.files.put(Buffer.from('x'))).rejects.toThrow(coded('disk.full'));
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    const left = readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  },
);

test('old surface maps are let go with their file, all else of the grading stays, and the log says so', async () => {
  const store = stores.open(stores.folder());
  const shared = await store.files.put(Buffer.from('maps of two'));
  const own = await store.files.put(Buffer.from('maps of one'));
  const insert = (id: string, maps: string, createdAt: string) =>
    store.write('ann', (tx) => {
      const grading = sampleGrading(id, [], { createdAt });
      tx.gradings.insert({ ...grading, maps: { id: maps, bytes: 11 } });
    });
  insert('g1', own, '2026-01-01T00:00:00.000Z');
  insert('g2', shared, '2026-01-01T00:00:00.000Z');
  insert('g3', shared, '2026-02-01T00:00:00.000Z');
  expect(store.gradings.get('g1').maps).toEqual({ id: own, bytes: 11 });

  expect(store.write('retention', (tx) => tx.dropMaps('2026-01-15T00:00:00.000Z'))).toEqual({ gradings: 2, bytes: 22 });
  expect(store.gradings.get('g1').maps).toBeNull();
  expect(store.gradings.get('g2').maps).toBeNull();
  expect(store.gradings.get('g3').maps).toEqual({ id: shared, bytes: 11 });
  expect([store.files.has(own), existsSync(store.files.path(own)), await store.files.verify(shared)]).toEqual([
    false,
    false,
    'ok',
  ]);
  expect(store.audit.list({ limit: 1 }).items[0]).toMatchObject({ action: 'maps.drop', actor: 'retention' });
  expect(store.audit.verify().ok).toBe(true);
  expect(store.write('retention', (tx) => tx.dropMaps('2026-01-15T00:00:00.000Z')).gradings).toBe(0);
  expect(await store.sweep(never())).toMatchObject({ filesWithoutRow: [], rowsWithoutFile: [] });
});
