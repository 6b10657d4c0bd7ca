/** Surface normals of two real objects against their measured truth, with all 96 lights and with 8. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readNpy } from '../lib/files.ts';
import { limited, show, skipped } from '../lib/rows.ts';
import { type Context, type Group, peersMissing, type Row } from '../lib/types.ts';

const captureSchema = z.looseObject({
  mask: z.string(),
  lights: z.array(z.looseObject({ file: z.string(), direction: z.tuple([z.number(), z.number(), z.number()]) })),
});
type Light = z.infer<typeof captureSchema>['lights'][number];

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
const unit = (v: readonly number[]) => v.map((value) => value / Math.sqrt(dot(v, v)));

/** Farthest-point choice (Gonzalez 1985): starts next to the mean direction, then takes the light farthest from those chosen. */
function wellSpread(lights: readonly Light[], count: number): readonly Light[] {
  const middle = [0, 1, 2].map((axis) => lights.reduce((sum, light) => sum + (light.direction[axis] ?? 0), 0));
  const nearness = (light: Light, to: readonly number[]) => dot(unit(light.direction), unit(to));
  const least = (score: (light: Light) => number) =>
    lights.reduce((best, light) => (score(light) < score(best) ? light : best));
  const chosen = [least((light) => -nearness(light, middle))];
  while (chosen.length < count)
    chosen.push(least((light) => Math.max(...chosen.map((other) => nearness(light, other.direction)))));
  return chosen;
}

/** Mean angle in degrees between two normal maps where the truth is known; an unsolved pixel counts as 90 degrees off. */
function meanAngle(ours: Float32Array, truth: Float32Array): { degrees: number; unsolved: number } {
  if (ours.length !== truth.length) throw new Error(`normal maps of ${ours.length} and ${truth.length} numbers`);
  let [sum, count, unsolved] = [0, 0, 0];
  for (let at = 0; at < truth.length; at += 3) {
    const t = truth.subarray(at, at + 3);
    if (Math.hypot(...t) < 0.5) continue;
    const n = ours.subarray(at, at + 3);
    const length = Math.hypot(...n);
    const solved = length > 0.5;
    count += 1;
    unsolved += solved ? 0 : 1;
    const cosine = dot(Array.from(n), Array.from(t)) / (length * Math.hypot(...t));
    sum += solved ? (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI : 90;
  }
  return { degrees: sum / count, unsolved };
}

async function ourAngle(context: Context, capture: string, truth: string) {
  const out = join(context.temp, `normals-${crypto.randomUUID()}.npy`);
  await context.tools.trugrade(['normals', capture, '--out', out], z.looseObject({}));
  return meanAngle(readNpy(out).values, readNpy(truth).values);
}

async function peerAngles(context: Context, capture: string, truth: string): Promise<string> {
  if (context.python === undefined) return peersMissing;
  const parts: string[] = [];
  for (const [title, method] of [
    ['numpy least squares', 'least-squares'],
    ['numpy, 20 % darkest + 10 % brightest dropped', 'drop'],
  ] as const) {
    const out = join(context.temp, `peer-${crypto.randomUUID()}.npy`);
    const script = join(context.tools.root, 'tests', 'bench', 'peers', 'photometric.py');
    await context.tools.must(context.python, [script, capture, out, method]);
    parts.push(`${title} ${show(meanAngle(readNpy(out).values, readNpy(truth).values).degrees, 2)}`);
  }
  return parts.join('; ');
}

/** A copy of a capture that holds only these lights. */
function subset(context: Context, folder: string, name: string, count: number): string {
  const capture = captureSchema.parse(JSON.parse(readFileSync(join(folder, 'capture.json'), 'utf8')));
  const lights = wellSpread(capture.lights, count);
  const out = join(context.temp, `${name}-${count}`);
  mkdirSync(out, { recursive: true });
  for (const file of [capture.mask, ...lights.map((light) => light.file)])
    copyFileSync(join(folder, file), join(out, file));
  writeFileSync(join(out, 'capture.json'), JSON.stringify({ ...capture, lights }));
  return out;
}

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
    return rows;
  },
};
