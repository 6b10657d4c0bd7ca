/** Kept photographs: off by default, kept by content, maps computed again from them, let go and damaged with an honest word. */
import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createCalibrations } from '../../src-main/core/calibration/index.ts';
import { systemClock } from '../../src-main/core/clock/index.ts';
import { createDesk } from '../../src-main/core/desk/index.ts';
import { createJobs } from '../../src-main/core/jobs/index.ts';
import { createLights } from '../../src-main/core/lights/index.ts';
import { createLog, silentLog } from '../../src-main/core/log/index.ts';
import { createMapsKeeper, keepMaps } from '../../src-main/core/maps/index.ts';
import { loadNative } from '../../src-main/core/native/index.ts';
import { createRigs } from '../../src-main/core/rig/index.ts';
import { createSheets } from '../../src-main/core/sheets/index.ts';
import { openStandards } from '../../src-main/core/standards/index.ts';
import { openStore } from '../../src-main/core/store/index.ts';
import { createShelf } from '../../src-main/core/templates/index.ts';
import { createUploads } from '../../src-main/core/uploads/index.ts';
import { writeCapture } from '../support/cli.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of undo.splice(0).reverse()) await stop();
});

async function openDesk() {
  const root = mkdtempSync(join(tmpdir(), 'trugrade-frames-'));
  undo.push(() => rmSync(root, { recursive: true, force: true }));
  const [clock, native, folder] = [systemClock, loadNative(), join(root, 'data')];
  const log = createLog({ folder: join(root, 'logs'), clock, dataFolder: folder });
  const store = openStore({ folder, clock, log: silentLog });
  undo.push(() => store.close());
  const jobs = createJobs({ clock, log: silentLog, newId: randomUUID });
  const uploads = await createUploads({ folder: join(root, 'uploads'), clock });
  undo.push(() => uploads.close());
  const parts = { store, jobs, uploads, native, clock, rigs: createRigs([]), workFolder: join(root, 'work') };
  const keeper = createMapsKeeper({ store, log, workFolder: parts.workFolder });
  const desk = createDesk({
    ...parts,
    keeper,
    sheets: createSheets({ native, uploads, clock }),
    standards: openStandards(join(root, 'standards'), silentLog),
    templates: createShelf({ store, native, clock }),
    calibrations: createCalibrations({ ...parts, keepFolder: join(root, 'calibrations') }),
    lights: createLights(parts),
  });
  undo.push(async () => {
    await jobs.close();
    await keeper.close();
  });
  const retention = keepMaps(store, clock, silentLog);
  undo.push(() => retention.close());
  const capture = join(root, 'capture');
  mkdirSync(capture);
  writeCapture(capture, 6);
  /** Grades the capture and waits until its maps are written. */
  const grade = async () => {
    const { uploadId } = await uploads.start('session');
    for (const name of readdirSync(capture))
      await uploads.put(
        'session',
        uploadId,
        name,
        createReadStream(join(capture, name)),
        statSync(join(capture, name)).size,
      );
    const job = await jobs.ended((await desk.start({ source: { kind: 'upload', uploadId } }, 'Ann')).id);
    expect(job).toMatchObject({ state: 'done' });
    const id = job.gradingId ?? '';
    await expect.poll(() => keeper.isPending(id), { timeout: 20_000 }).toBe(false);
    return id;
  };
  const drop = () => store.write('test', (tx) => tx.dropMaps('2999-01-01T00:00:00Z'));
  return { store, desk, jobs, keeper, retention, grade, drop };
}

test('photographs are not kept unless the settings say so, and then maps come back as they were', async () => {
  const { store, desk, jobs, retention, grade, drop } = await openDesk();
  const bare = await grade();
  expect(store.gradings.get(bare)).toMatchObject({ frames: null, maps: { bytes: expect.any(Number) } });
  expect(() => desk.computeMaps(bare, 'Ann')).toThrow(/has its maps/);
  drop();
  expect(() => desk.computeMaps(bare, 'Ann')).toThrow(
    expect.objectContaining({
      code: 'file.missing',
      data: expect.objectContaining({ next: expect.stringContaining('Keep photographs') }),
    }),
  );

  store.write('Ann', (tx) => tx.setSettings({ keepFramesDays: 30 }));
  const id = await grade();
  const before = store.gradings.get(id);
  expect(before.views.map(({ name }) => name)).not.toContain('frames');
  expect(store.storage()).toMatchObject({
    maps: { gradings: 1 },
    frames: { gradings: 1, bytes: before.frames?.bytes },
  });
  drop();
  const job = await jobs.ended(desk.computeMaps(id, 'Ann').id);
  expect(job).toMatchObject({ kind: 'maps', state: 'done', gradingId: id });
  const after = store.gradings.get(id);
  // The same photographs, program and machine: the same tiles, byte for byte. Nothing else has changed.
  expect(after).toEqual(before);
  expect(store.audit.list({ limit: 1 }).items[0]).toMatchObject({
    ...{ action: 'grading.maps', subject: id, actor: 'Ann', reason: 'computed again from the kept photographs' },
  });

  // Switched off, they go; the report stays.
  drop();
  store.write('Ann', (tx) => tx.setSettings({ keepFramesDays: 0 }));
  retention.look('Ann');
  expect(store.gradings.get(id)).toMatchObject({ frames: null, report: before.report });
  expect(store.storage().frames).toEqual({ gradings: 0, bytes: 0 });
  expect(() => desk.computeMaps(id, 'Ann')).toThrow(/were not kept, or were let go/);
  expect(store.audit.verify().ok).toBe(true);
});

test('a photograph that is not what it was is refused by its name, and a cancelled job leaves nothing behind', async () => {
  const { store, desk, jobs, grade, drop } = await openDesk();
  store.write('Ann', (tx) => tx.setSettings({ keepFramesDays: 30 }));
  const id = await grade();
  drop();
  const cancelled = desk.computeMaps(id, 'Ann');
  expect(() => desk.computeMaps(id, 'Ann')).toThrow(/being made already/);
  jobs.cancel(cancelled.id);
  expect(await jobs.ended(cancelled.id)).toMatchObject({ state: 'cancelled' });
  expect(store.gradings.get(id).maps).toBeNull();

  const manifest = JSON.parse(Buffer.from(await store.files.read(store.gradings.get(id).frames?.id ?? '')).toString());
  // These lights hold the same pixels, so that one file stands for all.
  const { name, file } = manifest.lights[0];
  writeFileSync(store.files.path(file), 'not a picture');
  expect(await jobs.ended(desk.computeMaps(id, 'Ann').id)).toMatchObject({
    state: 'failed',
    error: { code: 'store.damaged', file: name, next: expect.stringContaining('backup') },
  });
});
