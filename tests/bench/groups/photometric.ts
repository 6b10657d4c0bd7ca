/** Surface normals of two real objects, rendered spheres and simulated cards against the truth, with many lights and with 8. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ourAngle, peerAngles, subset } from '../lib/normals.ts';
import { limited, skipped } from '../lib/rows.ts';
import { glossySpheres } from '../lib/spheres.ts';
import type { Context, Group, Row } from '../lib/types.ts';

const objects = [
  { name: 'ball', all: { atMost: 1.7 }, few: 3.2, published: 'published least squares 4.09, best 1.33' },
  { name: 'cat', all: { atMost: 6 }, few: 8.0, published: 'published least squares 8.41, best 4.88' },
] as const;

/** Simulated printed cards with known normals: flat, tilted, near lights, varnish of three lobe shapes. */
async function simulatedCards(context: Context): Promise<Row[]> {
  const output = await context.tools.example('photometric', 'normals_on_cards');
  const pattern = /^(.+?): ([\d.]+) deg rms, limit ([\d.]+), slope gain ([\d.]+|NaN), (varnish .+)$/gm;
  const rows: Row[] = [];
  for (const [, name = '', rms, limit, gain, varnish] of output.matchAll(pattern)) {
    if (name.startsWith('dents')) {
      const off = Math.abs(Number(gain) - 1) * 100;
      const figure = `card, ${name}: slopes of dents off by`;
      rows.push(limited({ figure, value: off, unit: '%', digits: 1, atMost: 10, note: `${varnish} found` }));
      continue;
    }
    const near = name.includes('near');
    const over = near ? Number(rms) - Number(limit) : Number(rms) / Number(limit);
    rows.push(
      limited({
        figure: `card, ${name}: rms normal error ${near ? 'above' : 'over'} the noise limit`,
        value: over,
        unit: near ? 'deg' : 'x',
        digits: 3,
        atMost: near ? 0.15 : 1.05,
        note: `${rms} deg, matt limit ${limit}; ${varnish} found`,
      }),
    );
  }
  if (rows.length === 0) throw new Error('the cards example of photometric printed nothing that could be read');
  return rows;
}

export const photometric: Group = {
  name: 'photometric',
  async run(context) {
    const rows: Row[] = await simulatedCards(context);
    for (const object of objects) {
      const folder = join(context.data ?? '', 'photometric', object.name);
      const figure = `${object.name}: mean angular error`;
      if (context.data === undefined || !existsSync(folder)) {
        rows.push(skipped(figure, `../shared/data/photometric/${object.name} is not on this machine`));
        continue;
      }
      const truth = join(folder, 'normals-truth.npy');
      const row = async (lights: string, capture: string, limit: { atMost: number }, beside: string) => {
        const { degrees, unsolved } = await ourAngle(context, capture, truth);
        const peers = `${await peerAngles(context, capture, truth)}${beside}`;
        const detail = unsolved === 0 ? {} : { detail: `${unsolved} px unsolved, counted as 90` };
        rows.push(
          limited({
            figure: `${figure}, ${lights}`,
            value: degrees,
            unit: 'deg',
            digits: 2,
            peers,
            ...limit,
            ...detail,
          }),
        );
      };
      await row('96 lights', folder, object.all, `; ${object.published}`);
      await row('8 lights', subset(context, folder, object.name, 8), { atMost: object.few }, '');
    }
    rows.push(...(await glossySpheres(context)));
    return rows;
  },
};
