/** The surface viewer in Chromium: frames while the light is dragged, time until tiles are there, memory, disk per side. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { load } from '../lib/machine.ts';
import { limited, show, skipped } from '../lib/rows.ts';
import { median, spread } from '../lib/stats.ts';
import type { Context, Group, Row } from '../lib/types.ts';

interface Side {
  readonly label: string;
  /** mm per px. */
  readonly pitch: string;
}

/** Bench resolution is 4.8 MP; 0.0196 mm/px makes 20 MP. */
const sides: readonly Side[] = [
  { label: '4.8 MP', pitch: '0.04' },
  { label: '20 MP', pitch: '0.0196' },
];

const dragSchema = z.object({ fps: z.number(), share: z.number(), bytes: z.number() });
const figuresSchema = z.object({
  renderer: z.string(),
  openMs: z.number(),
  closeMs: z.number(),
  whole: dragSchema,
  close: dragSchema,
  ms: z.array(z.number()),
  diskBytes: z.number(),
  pixels: z.number(),
});

async function measure(context: Context, { label, pitch }: Side): Promise<Row[]> {
  context.say(`viewer: ${label}`);
  const capture = join(context.temp, `viewer-${pitch}`);
  // Few grey lights: what is measured here begins after the solver.
  const spec = ['--pitch', pitch, '--lights', '4', '--grey', '--bits', '8', '--seed', '3'];
  await context.tools.trugrade(['simulate', '--out', capture, ...spec], z.looseObject({}));
  const script = join(context.tools.root, 'tests', 'e2e', 'surface-figures.ts');
  const { stdout } = await context.tools.must(process.execPath, [script, capture]);
  rmSync(capture, { recursive: true, force: true });
  const found = figuresSchema.parse(JSON.parse(stdout));
  const note = `drawn by ${found.renderer}; load ${load()}`;
  const shared = (drag: z.infer<typeof dragSchema>) =>
    `${show(100 * drag.share, 0)} % of the pixels per side while it moves`;
  const frames = (what: string, drag: z.infer<typeof dragSchema>) =>
    limited({
      figure: `${label}: light dragged, ${what}`,
      value: drag.fps,
      unit: 'frames/s',
      digits: 1,
      detail: shared(drag),
      note,
    });
  const time = (what: string, value: number) => limited({ figure: `${label}: ${what}`, value, unit: 'ms', digits: 0 });
  return [
    frames('whole card', found.whole),
    frames('1:1', found.close),
    time('from key to the whole card relit, nothing cached', found.openMs),
    time('from key to all tiles at 1:1', found.closeMs),
    limited({
      ...{ figure: `${label}: one tile, request to bytes`, value: median(found.ms), unit: 'ms', digits: 1 },
      detail: spread(found.ms, 1),
    }),
    limited({ figure: `${label}: textures`, value: found.close.bytes / 2 ** 20, unit: 'MiB', digits: 0, atMost: 256 }),
    limited({
      ...{ figure: `${label}: maps of one side on the disk`, value: found.diskBytes / 1e6, unit: 'MB', digits: 1 },
      detail: `${show(found.diskBytes / found.pixels, 2)} bytes a pixel`,
    }),
  ];
}

export const viewer: Group = {
  name: 'viewer',
  async run(context) {
    const chromium = process.env.TRUGRADE_CHROMIUM ?? '/usr/bin/chromium';
    if (!existsSync(chromium)) return [skipped('surface viewer', `there is no ${chromium}`)];
    const rows: Row[] = [];
    for (const side of context.quick ? sides.slice(0, 1) : sides) rows.push(...(await measure(context, side)));
    return rows;
  },
};
