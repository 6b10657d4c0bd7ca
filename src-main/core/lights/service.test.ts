/** Lights on the workstation: the job with its cancel, what is accepted, what is in use. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { tempStores } from '../../../tests/integration/store-temp.ts';
import type { LightMethod } from '../../contract/index.ts';
import { systemClock } from '../clock/index.ts';
import { createJobs } from '../jobs/index.ts';
import { createLog } from '../log/index.ts';
import type { Native, NativeStack } from '../native/index.ts';
import { createRigs, type RigDriver, writeBallCapture } from '../rig/index.ts';
import type { Uploads } from '../uploads/index.ts';
import { createLights } from './index.ts';

const stores = tempStores();
const found: LightMethod = {
  ...{ method: 'mirrorBall', balls: [], residualUnit: 'relative', ledExponent: null, vignetting: null, heightsMm: [] },
  lights: Array.from({ length: 8 }, () => ({
    ...{ direction: [0, 0, 1] as [number, number, number], positionMm: null, intensity: null },
    ...{ uncertaintyDeg: 0.2, uncertaintyMm: null, residual: null, reason: null },
  })),
};
const request = {
  ...{ rigId: 'bench', mirror: { kind: 'rig' as const }, matte: null, flats: null, flatsRaised: null, use: null },
  ...{ raisedMm: null, balls: 1, ballMm: 24, cameraMm: 400 },
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function bench(photographTarget: RigDriver['photographTarget']) {
  const folder = stores.folder();
  const store = stores.open(folder);
  const log = createLog({ folder: join(folder, 'logs'), clock: systemClock, dataFolder: folder });
  const jobs = createJobs({ clock: systemClock, log, newId: randomUUID });
  closing.push(async () => {
    await jobs.close();
    await log.close();
    rmSync(join(folder, 'work'), { recursive: true, force: true });
  });
  const asked: unknown[] = [];
  const native: Pick<Native, 'loadStack' | 'lights'> = {
    loadStack: async () => ({ free: () => undefined }) as NativeStack,
    lights: {
      byMirrorBalls: async (_stack, at, balls) => {
        asked.push({ at, balls });
        return found;
      },
      byMatteBalls: () => Promise.reject(new Error('not asked for')),
      byFlatFields: () => Promise.reject(new Error('not asked for')),
    },
  };
  const rig: RigDriver = {
    describe: () => ({ id: 'bench', name: 'Bench', simulated: true, state: 'connected', lights: 8, pixelPitchMm: 0.1 }),
    capture: () => Promise.reject(new Error('not asked for')),
    ...(photographTarget ? { photographTarget } : {}),
  };
  const lights = createLights({
    ...{ native: native as Native, store, jobs, rigs: createRigs([rig]), uploads: {} as Uploads },
    ...{ clock: systemClock, workFolder: join(folder, 'work') },
  });
  return { lights, jobs, store, asked };
}

describe('finding the lights', () => {
  it('photographs the targets, keeps what it finds as a draft, and accepted it is in use with an audit row', async () => {
    const { lights, jobs, store, asked } = bench((target, folder, progress, signal) =>
      writeBallCapture(target === 'matte' ? 'matte' : 'mirror', folder, progress, signal),
    );
    const job = await lights.find(request);
    await jobs.ended(job.id);
    expect(jobs.list()[0]).toMatchObject({ kind: 'calibrate', state: 'done', progress: 1, simulated: true });
    expect(asked).toEqual([
      { at: { pixelPitchMm: 0.1, cameraMm: 400 }, balls: { circles: [], count: 1, radiusMm: 12 } },
    ]);
    expect(lights.draft()).toMatchObject({ rigId: 'bench', found: { simulated: true, chosen: 'mirrorBall' } });
    const kept = lights.accept('Ring', 'Ann');
    expect(kept).toMatchObject({ name: 'Ring', lights: 8, worstDeg: null, active: true, simulated: true });
    expect(lights.draft()).toBeNull();
    expect(lights.inForceOn('bench')?.id).toBe(kept.id);
    lights.use('bench', null, 'lamp broken', 'Ann');
    expect(lights.inForceOn('bench')).toBeNull();
    expect(lights.list()).toMatchObject([{ id: kept.id, active: false }]);
    expect(store.audit.list({ limit: 3 }).items.map(({ action, reason }) => [action, reason])).toEqual([
      ['lights.use', 'lamp broken'],
      ['lights.use', 'accepted'],
      ['lights.insert', null],
    ]);
    expect(() => lights.use('other', kept.id, 'wrong', 'Ann')).toThrow(/another rig/);
  });

  it('ends when it is cancelled, and leaves no draft', async () => {
    const { lights, jobs } = bench(async (_target, _folder, progress, signal) => {
      progress(0.5);
      await wait(60_000, undefined, { signal });
    });
    const job = await lights.find(request);
    jobs.cancel(job.id);
    await jobs.ended(job.id).catch(() => undefined);
    expect(jobs.list()[0]?.state).toBe('cancelled');
    expect(lights.draft()).toBeNull();
    expect(() => lights.accept('Ring', 'Ann')).toThrow(/no lights have been found/);
  });

  it('refuses a request without targets, a raised plane without its height, and a rig without such pictures', async () => {
    const { lights, jobs } = bench(undefined);
    await expect(lights.find({ ...request, mirror: null })).rejects.toThrow(/nothing to find the lights from/);
    await expect(lights.find({ ...request, flatsRaised: { kind: 'rig' } })).rejects.toThrow(/height of the raised/);
    const job = await lights.find(request);
    await jobs.ended(job.id).catch(() => undefined);
    expect(jobs.list()[0]).toMatchObject({ state: 'failed', error: { code: 'notAllowed' } });
  });
});
