/** R15: a full disk, a file too large and a read-only folder end in typed refusals with nothing half-written. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createLog } from '../../src-main/core/log/index.ts';
import { foldersOf, type Store } from '../../src-main/core/store/index.ts';
import { sampleGrading } from './store-sample.ts';
import { addGrading, never, tempStores } from './store-temp.ts';

const stores = tempStores();
const coded = (code: string) => expect.objectContaining({ code });
const child = fileURLToPath(new URL('./store-limit-writer.ts', import.meta.url));
const all = { text: '', archived: false, limit: 50 };

/** A small disk of its own, where the rights allow one; says so where not. */
function smallDisk(folder: string, kilobytes: number): { readOnly(): void; unmount(): void } | undefined {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    return undefined;
  }
  return {
    readOnly: () => execFileSync('mount', ['-o', 'remount,ro', folder]),
    unmount: () => execFileSync('umount', ['-l', folder]),
  };
}

test.skipIf(process.platform === 'win32')('a database that cannot grow refuses the grading; all before it stay', () => {
  const folder = stores.folder();
  // In blocks of 512 or 1024 bytes, as the shell has it: enough to open, soon too small for the journal.
  const command = `ulimit -f 700; exec "$0" "$@"`;
  const output = execFileSync('sh', ['-c', command, process.execPath, child, folder, '100'], { encoding: 'utf8' });
  const said: unknown = JSON.parse(output);
  expect(said).toMatchObject({ code: expect.stringMatching(/^(disk\.full|file\.unwritable)$/), audit: true });
  expect(said).toMatchObject({ stored: expect.any(Number), total: expect.any(Number) });
  const store = stores.open(folder);
  expect(said).toMatchObject({ stored: store.gradings.total(), total: store.gradings.total() });
  expect(store.gradings.total()).toBeGreaterThan(0);
  expect(store.audit.verify()).toMatchObject({ ok: true, rows: store.gradings.total() });
  expect(store.openReport.sweep.rowsWithoutFile).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'a picture larger than the disk allows is refused and leaves no part of itself',
  () => {
    const folder = stores.folder();
    const command = `ulimit -f 1000; exec "$0" "$@"`;
    const args = ['-c', command, process.execPath, child, folder, '3000000'];
    const said: unknown = JSON.parse(execFileSync('sh', args, { encoding: 'utf8' }));
    expect(said).toEqual({ stored: 0, total: 0, code: 'disk.full', audit: true });
    expect(readdirSync(foldersOf(folder).tmp)).toEqual([]);
  },
);

test('on a full disk gradings, pictures and backups are refused, reading goes on, and space makes it work again', async ({
  skip,
}) => {
  const folder = stores.folder();
  const disk = smallDisk(folder, 3000);
  if (disk === undefined) return skip('needs the right to mount a small disk');
  try {
    const store = stores.open(folder);
    const image = await addGrading(store, 'first');
    const ballast = join(folder, 'ballast');
    fill(ballast);
    await expect(store.files.put(randomBytes(100_000))).rejects.toThrow(coded('disk.full'));
    await expect(store.backups.create(never())).rejects.toThrow(coded('disk.full'));
    const refusals = writeUntilRefused(store, image);
    expect(refusals.code).toBe('disk.full');
    expect(store.gradings.total()).toBe(refusals.stored + 1);
    expect(store.gradings.get('first').summary.id).toBe('first');
    expect(store.audit.verify()).toMatchObject({ ok: true, rows: refusals.stored + 1 });
    const log = createLog({ folder: join(folder, 'logs'), clock: stores.clock });
    log.info('x'.repeat(3000));
    expect(log.droppedLines()).toBe(1);
    log.close();
    rmSync(ballast);
    await addGrading(store, 'second');
    expect((await store.backups.create(never())).verified).toBe(true);
    expect(await store.sweep(never())).toMatchObject({ filesWithoutRow: [], rowsWithoutFile: [] });
    expect(readdirSync(foldersOf(folder).tmp)).toEqual([]);
    store.close();
  } finally {
    disk.unmount();
  }
});

/** Fills the disk to the last block. */
function fill(path: string): void {
  for (let bytes = 3_000_000; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    try {
      writeFileSync(path, randomBytes(bytes), { flag: 'a' });
    } catch {
      // Too much: what fitted was written, the next and smaller piece takes the rest.
    }
  }
}

function writeUntilRefused(store: Store, image: string): { stored: number; code: string } {
  for (let stored = 0; ; stored += 1) {
    try {
      store.write('tester', (tx) => tx.gradings.insert(sampleGrading(`more${stored}`, [image])));
    } catch (error) {
      return { stored, code: error instanceof Error && 'code' in error ? String(error.code) : 'none' };
    }
  }
}

test('a read-only folder can be read, says why it cannot be written, and refuses every write', async ({ skip }) => {
  const source = stores.open(stores.folder());
  const image = await addGrading(source, 'g1');
  // As a crash leaves it: the newest grading is still in the journal beside the database.
  const crashed = stores.folder();
  cpSync(source.folder, crashed, { recursive: true });
  source.close();
  for (const from of [source.folder, crashed]) {
    const folder = stores.folder();
    const close = readOnlyCopy(from, folder);
    if (close === undefined) return skip('needs another account than root, or the right to mount');
    try {
      const store = stores.open(folder);
      expect(store.readOnlyReason).toMatch(/read-only|may not write/);
      expect(store.gradings.page(all).items).toMatchObject([{ id: 'g1' }]);
      expect((await store.files.read(image)).length).toBeGreaterThan(0);
      expect(store.audit.verify().ok).toBe(true);
      expect(() => store.write('op', (tx) => tx.setSettings({ operator: 'x' }))).toThrow(coded('store.readOnly'));
      await expect(store.files.put(Buffer.from('x'))).rejects.toThrow(coded('store.readOnly'));
      await expect(store.backups.create(never())).rejects.toThrow(coded('store.readOnly'));
      expect(await store.sweep(never())).toMatchObject({ rowsWithoutFile: [] });
      store.close();
    } finally {
      close();
    }
  }
});

/** Returns how to undo it; undefined where this account cannot make a folder read-only to itself. */
function readOnlyCopy(from: string, folder: string): (() => void) | undefined {
  if (process.getuid?.() !== 0) {
    cpSync(from, folder, { recursive: true });
    chmodSync(folder, 0o555);
    return () => chmodSync(folder, 0o755);
  }
  const disk = smallDisk(folder, 10_000);
  if (disk === undefined) return undefined;
  cpSync(from, folder, { recursive: true });
  disk.readOnly();
  return () => disk.unmount();
}

test('an audit log that was changed outside is reported at opening, and the store still opens', async () => {
  const folder = stores.folder();
  const { database, anchor } = foldersOf(folder);
  const store = stores.open(folder);
  await addGrading(store, 'g1');
  store.close();
  copyFileSync(database, `${database}.old`);
  const again = stores.open(folder);
  await addGrading(again, 'g2');
  again.close();
  // Yesterday's database put back in place: whole in itself, but the anchor knows more.
  copyFileSync(`${database}.old`, database);
  expect(readdirSync(folder)).toContain(anchor.slice(folder.length + 1));
  const rolledBack = stores.open(folder);
  expect(rolledBack.openReport.audit).toMatchObject({ ok: false, rows: 1, firstBadSeq: 2 });
  expect(rolledBack.gradings.total()).toBe(1);
});
