/** Normals of a capture, by the product and by its peer, against a truth. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readNpy } from './files.ts';
import { show } from './rows.ts';
import { type Context, peersMissing } from './types.ts';

const captureSchema = z.looseObject({
  mask: z.string(),
  lights: z.array(z.looseObject({ file: z.string(), direction: z.tuple([z.number(), z.number(), z.number()]) })),
});
type Light = z.infer<typeof captureSchema>['lights'][number];

export const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
export const unit = (v: readonly number[]) => v.map((value) => value / Math.sqrt(dot(v, v)));

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

/** The mean angle of `trugrade normals`; `truth` is a `.npy` file of normals. */
export async function ourAngle(context: Context, capture: string, truth: string) {
  const out = join(context.temp, `normals-${crypto.randomUUID()}.npy`);
  await context.tools.trugrade(['normals', capture, '--out', out], z.looseObject({}));
  return meanAngle(readNpy(out).values, readNpy(truth).values);
}

/** The mean angles of numpy's least squares, plain and with samples dropped, in words. */
export async function peerAngles(context: Context, capture: string, truth: string): Promise<string> {
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
export function subset(context: Context, folder: string, name: string, count: number): string {
  const capture = captureSchema.parse(JSON.parse(readFileSync(join(folder, 'capture.json'), 'utf8')));
  const lights = wellSpread(capture.lights, count);
  const out = join(context.temp, `${name}-${count}`);
  mkdirSync(out, { recursive: true });
  for (const file of [capture.mask, ...lights.map((light) => light.file)])
    copyFileSync(join(folder, file), join(out, file));
  writeFileSync(join(out, 'capture.json'), JSON.stringify({ ...capture, lights }));
  return out;
}
