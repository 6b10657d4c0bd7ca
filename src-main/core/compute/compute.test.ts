/** Which engine is chosen, what is measured once and remembered, and what the doctor says of it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuse } from '../errors/index.ts';
import { silentLog } from '../log/index.ts';
import type { Engine, EngineUsed, GpuAdapter } from '../native/index.ts';
import { type ComputePreference, createCompute, decide, gpuItem, preferenceOf } from './index.ts';

const card: GpuAdapter = { name: 'Card 9000', driver: 'maker 1.2', backend: 'vulkan', software: false };
const clock = { now: () => new Date('2026-11-21T10:00:00Z'), monotonicMs: () => 0 };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compute-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface World {
  readonly adapter?: GpuAdapter | null;
  readonly gpuMs?: number;
  readonly fails?: 'gpu.failed' | 'cancelled';
}

function machine({ adapter = card, gpuMs = 20, fails }: World = {}) {
  const used: Engine[] = [];
  const told: ((used: EngineUsed) => void)[] = [];
  const counts = { looks: 0, trials: 0 };
  const compute = {
    engine: 'cpu' as Engine,
    use: (engine: Engine) => void used.push(engine),
    adapter: async () => {
      counts.looks += 1;
      return adapter;
    },
    trial: async () => {
      counts.trials += 1;
      if (fails) throw refuse(fails, 'Card 9000 failed: lost', 'update the driver');
      return { adapter: card, cores: 4, cpuMs: 60, gpuMs, pixels: 2_048_000 };
    },
    onSolved: (listener: (used: EngineUsed) => void) => void told.push(listener),
  };
  const native = { version: '1.0.0', compute };
  const choose = (preference: ComputePreference = 'auto', more: { cores?: number; mayHaveCard?: () => boolean } = {}) =>
    decide({ native, preference, folder, clock, cores: 4, mayHaveCard: () => true, ...more });
  return { native, counts, used, told, choose };
}

describe('automatic choice', () => {
  it('takes the GPU where it was measured to be faster, and measures once', async () => {
    const { choose, counts } = machine();
    expect(await choose()).toMatchObject({ engine: 'gpu', adapter: card });
    expect((await choose()).why).toContain('3.0 times as fast as the processor (20 ms against 60 ms)');
    expect(counts.trials).toBe(1);
  });

  it('stays with the processor where the GPU is slower, or gains less than a tenth', async () => {
    expect((await machine({ gpuMs: 120 }).choose()).why).toContain('2.0 times slower');
    rmSync(join(folder, 'compute.json'));
    expect((await machine({ gpuMs: 56 }).choose()).engine).toBe('cpu');
  });

  it.each([
    ['another driver', { adapter: { ...card, driver: 'maker 1.3' } }, {}],
    ['another card', { adapter: { ...card, name: 'Card 10' } }, {}],
    ['another number of cores', {}, { cores: 8 }],
  ])('measures again with %s', async (_, world, more) => {
    await machine().choose();
    const again = machine(world);
    await again.choose('auto', more);
    expect(again.counts.trials).toBe(1);
  });

  it('measures again where what is remembered cannot be read', async () => {
    await machine().choose();
    writeFileSync(join(folder, 'compute.json'), '{"schema":"trugrade.compute/1"');
    const again = machine();
    expect((await again.choose()).engine).toBe('gpu');
    expect(again.counts.trials).toBe(1);
  });

  it('never loads a driver where there is no card, and never measures a software driver', async () => {
    const none = machine();
    expect((await none.choose('auto', { mayHaveCard: () => false })).engine).toBe('cpu');
    expect(none.counts.looks).toBe(0);
    const soft = machine({ adapter: { ...card, name: 'llvmpipe', software: true }, gpuMs: 1 });
    expect(await soft.choose()).toMatchObject({ engine: 'cpu', why: 'llvmpipe computes on the processor' });
    expect(soft.counts.trials).toBe(0);
  });

  it('remembers a GPU that failed, but not a cancelled measurement', async () => {
    const broken = machine({ fails: 'gpu.failed' });
    expect((await broken.choose()).engine).toBe('cpu');
    expect((await broken.choose()).why).toContain('Card 9000 failed: lost');
    expect(broken.counts.trials).toBe(1);
    rmSync(join(folder, 'compute.json'));
    const stopped = machine({ fails: 'cancelled' });
    expect((await stopped.choose()).engine).toBe('cpu');
    expect(() => readFileSync(join(folder, 'compute.json'))).toThrow('ENOENT');
  });
});

it('an explicit setting is taken without measuring', async () => {
  const { choose, counts } = machine({ adapter: { ...card, software: true } });
  expect((await choose('gpu')).engine).toBe('gpu');
  expect((await choose('cpu')).engine).toBe('cpu');
  expect(counts.trials).toBe(0);
});

it('the latest wish counts, and the native core is told', async () => {
  const { native, used } = machine();
  const compute = createCompute({ native, folder, clock, log: silentLog, cores: 4, mayHaveCard: () => true });
  expect(compute.decision).toBeNull();
  await Promise.all([compute.prefer('auto'), compute.prefer('cpu')]);
  expect(compute.decision?.engine).toBe('cpu');
  expect(used).toEqual(['cpu']);
});

it('a failure while solving is kept for the doctor; work the GPU does not do is none', async () => {
  const { native, told } = machine();
  const compute = createCompute({ native, folder, clock, log: silentLog, cores: 4, mayHaveCard: () => true });
  const decision = await compute.prefer('gpu');
  const reason = { message: 'the device was lost', next: 'update the driver' };
  for (const listener of told)
    listener({ on: 'cpu', adapter: card.name, reason: { code: 'gpu.unsupported', ...reason } });
  expect(compute.failure).toBeNull();
  for (const listener of told) listener({ on: 'cpu', adapter: card.name, reason: { code: 'gpu.failed', ...reason } });
  expect(compute.failure).toBe('the device was lost');
  expect(gpuItem(decision, compute.failure)).toMatchObject({ status: 'limited' });
  expect(gpuItem(decision, compute.failure).detail).toContain('the device was lost');
});

it('the doctor names the card, its driver, and whether it is used', async () => {
  const { choose } = machine();
  const item = gpuItem(await choose());
  expect(item).toMatchObject({ name: 'GPU', status: 'ok' });
  expect(item.detail).toContain('Card 9000, maker 1.2 (vulkan): used');
  const missing = gpuItem(await machine({ adapter: null }).choose('gpu'));
  expect(missing).toMatchObject({ status: 'limited', detail: expect.stringContaining('none found') });
});

it('an unknown word in the environment is refused', () => {
  expect(preferenceOf({})).toBe('auto');
  expect(preferenceOf({ TRUGRADE_COMPUTE: 'gpu' })).toBe('gpu');
  expect(() => preferenceOf({ TRUGRADE_COMPUTE: 'cuda' })).toThrow('"cuda"');
});
