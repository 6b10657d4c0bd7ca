/** `--compute gpu`: the same maps as the processor's, on a GPU or Debian's software driver; and a machine without one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadNative } from '../../src-main/core/native/index.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { readNpy } from '../support/npy.ts';

const adapter = await loadNative().compute.adapter();
if (adapter === null)
  process.stderr.write(
    'SKIPPED cli-compute: no GPU and no Vulkan driver (on Debian: apt-get install mesa-vulkan-drivers)\n',
  );

const summarySchema = z.object({
  notes: z.array(z.string()),
  engine: z.object({
    on: z.string(),
    adapter: z.string().nullable(),
    reason: z.object({ code: z.string() }).nullable(),
  }),
});

/** Vulkan's loader looks for drivers nowhere else; Metal and Direct3D have no such switch. */
const noDriver = { VK_DRIVER_FILES: '/nonexistent.json', VK_ICD_FILENAMES: '/nonexistent.json' };

async function card(folder: string): Promise<string> {
  const [spec, out] = [join(folder, 'spec.json'), join(folder, 'card')];
  writeFileSync(spec, JSON.stringify({ pitchMm: 0.15 }));
  const { code, stderr } = await runCli(['simulate', '--spec', spec, '--out', out]);
  expect(code, stderr).toBe(0);
  return out;
}

async function solve(capture: string, out: string, where: string, env: Record<string, string> = {}) {
  const args = ['normals', capture, '--maps', out, '--compute', where, '--json'];
  const { code, stdout, stderr } = await runCli(args, { env });
  expect(code, stderr).toBe(0);
  return summarySchema.parse(JSON.parse(stdout));
}

describe.skipIf(adapter === null)('a simulated card in colour with varnish', () => {
  it('has the same maps on the GPU as on the processor', async () => {
    using folder = temporaryFolder();
    const capture = await card(folder.path);
    const [here, there] = [join(folder.path, 'cpu'), join(folder.path, 'gpu')];
    expect((await solve(capture, here, 'cpu')).engine.on).toBe('cpu');
    const { engine } = await solve(capture, there, 'gpu');
    expect(engine).toEqual({ on: 'gpu', adapter: adapter?.name, reason: null });
    // Tolerance per value: native/crates/gpu/tests/gpu/agreement.rs tells where it comes from. Confidence is in degrees.
    // Maps are kept in 16 bits, and rounding may fall to either side of a step: what counts is what lies beyond one step,
    // and the mean, which rounding leaves as it is.
    const evenStep = () => 1 / 32_767;
    const halfStep = (value: number) => Math.max(value, 2 ** -14) * 2 ** -10;
    for (const [map, most, step] of [
      ['normals', 1e-5, evenStep],
      ['albedo', 1e-4, halfStep],
      ['residual', 1e-4, halfStep],
      ['confidence', 2e-3, halfStep],
      ['unknown', 0, () => 0],
    ] as const) {
      const [a, b] = [readNpy(join(here, `${map}.npy`)).values, readNpy(join(there, `${map}.npy`)).values];
      expect(b.length).toBe(a.length);
      let apart = 0;
      let sum = 0;
      for (let i = 0; i < a.length; i += 1) {
        const difference = Math.abs((a[i] ?? 0) - (b[i] ?? 9));
        if (difference > most + 1.001 * step(Math.abs(a[i] ?? 0))) apart += 1;
        else sum += difference;
      }
      expect(apart / a.length, map).toBeLessThan(5e-4);
      expect(sum / a.length, map).toBeLessThanOrEqual(most);
    }
  }, 120_000);

  it('names the GPU in the doctor', async () => {
    const { stdout } = await runCli(['doctor']);
    expect(stdout).toContain(`GPU: ${adapter?.name}`);
  });
});

describe.skipIf(process.platform !== 'linux')('without a driver', () => {
  it('the processor computes, and both the summary and the doctor say why', async () => {
    using folder = temporaryFolder();
    const capture = await card(folder.path);
    const { engine, notes } = await solve(capture, join(folder.path, 'maps'), 'gpu', noDriver);
    expect(engine).toMatchObject({ on: 'cpu', reason: { code: 'gpu.missing' } });
    expect(notes.join()).toContain('the processor computed instead of the GPU');
    const { stdout } = await runCli(['doctor'], { env: noDriver });
    expect(stdout).toContain('GPU: none found');
  }, 120_000);
});

it('an unknown place is refused', async () => {
  using folder = temporaryFolder();
  const { code, stderr } = await runCli(['normals', folder.path, '--out', 'n.npy', '--compute', 'cuda']);
  expect(code).toBe(2);
  expect(stderr).toContain('compute');
});
