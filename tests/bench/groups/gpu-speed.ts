/** The GPU path against the processor on the same sides; on a software driver it is labelled as such. */
import { load } from '../lib/machine.ts';
import { limited, show, skipped } from '../lib/rows.ts';
import { median, spread } from '../lib/stats.ts';
import type { Context, Row } from '../lib/types.ts';

const adapterLine = /^adapter (.+?) \| (.+?) \| (\w+) \| (software|hardware)$/m;
const sideLine = /^([\d.]+ MP x 8 x 16 bit): processor ([\d.]+) ms on (\d+) cores, GPU ([\d.]+) ms$/gm;

/** Each run opens the GPU anew and takes the fastest of three sides after one that makes buffers and pipelines. */
export async function gpu({ tools, quick }: Context): Promise<Row[]> {
  const run = () => tools.example('gpu', 'gpu_speed', quick ? ['small'] : []);
  const first = await run();
  const adapter = adapterLine.exec(first);
  if (adapter === null) return [skipped('normals on the GPU', first.trim().split('\n')[0] ?? 'no GPU')];
  const [, name = '', driver = '', backend = '', kind = ''] = adapter;
  // A software driver takes seconds, and its times decide nothing.
  const runs = quick || kind === 'software' ? [first] : [first, await run(), await run()];
  const found = new Map<string, { cpu: number; gpu: number }[]>();
  for (const text of runs)
    for (const [, side = '', cpu, , ms] of text.matchAll(sideLine))
      found.set(side, [...(found.get(side) ?? []), { cpu: Number(cpu), gpu: Number(ms) }]);
  if (found.size === 0) throw new Error(`the speed example of gpu ended early: ${first.trim().split('\n').at(-1)}`);
  const label = kind === 'software' ? 'SOFTWARE driver, the processor plays the GPU' : 'GPU';
  return [...found].map(([side, times]) => {
    const ms = times.map((t) => t.gpu);
    const ratio = median(times.map((t) => t.cpu / t.gpu));
    return limited({
      ...{ figure: `${side}: normals on ${name} (${label})`, value: median(ms), unit: 'ms', digits: 0 },
      detail: `${show(ratio, 2)} times as fast as the processor's ${show(median(times.map((t) => t.cpu)), 0, 'ms')}; ${spread(ms, 0)}; load ${load()}`,
      note: `${driver}, ${backend}; transfers and the processor's share included; used by itself only where it is faster`,
    });
  });
}
