/** A whole side as the workstation grades it, from frames in memory to the grade, with the time of every step. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readInput } from '../../../src-main/core/capture/index.ts';
import { registrationLimits } from '../../../src-main/core/capture/movement.ts';
import { findStandard } from '../../../src-main/core/grading/index.ts';
import { loadNative, type Native } from '../../../src-main/core/native/index.ts';
import { reportOnly, runPipeline } from '../../../src-main/core/pipeline/index.ts';
import { load as machineLoad } from '../lib/machine.ts';
import { limited, show } from '../lib/rows.ts';
import { median, spread } from '../lib/stats.ts';
import type { Context, Row } from '../lib/types.ts';

/** Names of the steps as a person would call them; what is not named is not worth a name. */
const steps: Readonly<Record<string, string>> = {
  acquisition: 'quality of the frames',
  preprocessing: 'normals',
  segmentation: 'outline',
  refinement: '24 points',
  measurement: 'widths',
  quality: 'findings',
  output: 'letting the frames go',
};

/** One capture loaded and graded again and again, as sides come one after the other on a bench; decoding does not count. */
async function graded(native: Native, folder: string, runs: number) {
  const signal = new AbortController().signal;
  const input = await readInput(folder);
  const software = { version: 'bench', commit: 'bench' };
  const total: number[] = [];
  const parts = new Map<string, number[]>();
  const add = (name: string, ms: number) => parts.set(name, [...(parts.get(name) ?? []), ms]);
  for (let run = 0; run <= runs; run += 1) {
    const stack = await native.loadStack(input, () => undefined, signal, registrationLimits);
    const held: Native = { ...native, loadStack: async () => stack };
    const started = performance.now();
    const options = { native: held, standard: findStandard('psa'), software, now: () => new Date() };
    const report = await runPipeline(input, { ...options, sink: reportOnly }, signal);
    const ms = performance.now() - started + stack.registrationMs;
    if (report.grade.overall === null) throw new Error(`${folder} got no grade: ${report.grade.reason}`);
    // The first side pays for memory that later ones find ready; the system may take some more to hand out large pages.
    if (run === 0) continue;
    total.push(ms);
    add('moves between frames', stack.registrationMs);
    for (const { stage, ms: part } of report.quality.stages) {
      const name = steps[stage];
      if (name !== undefined) add(name, part);
    }
  }
  return { total, parts };
}

/** Rows for an RGB and a grey camera at bench resolution. */
export async function wholeSide(context: Context): Promise<Row[]> {
  const native = loadNative();
  const runs = context.quick ? 15 : 31;
  const rows: Row[] = [];
  for (const camera of ['grey', 'RGB']) {
    const folder = join(context.temp, `whole-${camera}`);
    const colour = camera === 'grey' ? ['--grey'] : [];
    await context.tools.trugrade(['simulate', '--out', folder, '--seed', '1', ...colour], z.looseObject({}));
    const { total, parts } = await graded(native, folder, runs);
    rmSync(folder, { recursive: true, force: true });
    const each = [...parts].map(([name, list]) => `${name} ${show(median(list), 0)}`).join(', ');
    rows.push(
      limited({
        figure: `whole side, from frames in memory to grade, 4.8 MP x 8 x 16 bit, ${camera}`,
        value: median(total),
        unit: 'ms',
        digits: 0,
        atMost: 250,
        detail: `${spread(total, 0)}; load ${machineLoad()}`,
        note: `${each}; pictures, maps and tiles are written after the grade and left out`,
      }),
    );
  }
  return rows;
}
