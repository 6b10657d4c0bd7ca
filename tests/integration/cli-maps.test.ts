/** `trugrade normals --maps`: every map in every format, and a capture whose lights have a second exposure. */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captureSchema } from '../../src-main/contract/index.ts';
import { mapFormats, mapNames } from '../../src-main/core/native/index.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';

/** First bytes that the formats' specifications demand. */
const magic = { npy: '\x93NUMPY', png16: '\x89PNG', tiff: 'II*\0', exr: 'v/1\x01' } as const;

async function card(folder: string): Promise<string> {
  const [spec, out] = [join(folder, 'spec.json'), join(folder, 'card')];
  writeFileSync(spec, JSON.stringify({ pitchMm: 0.2, colour: false }));
  const { code, stderr } = await runCli(['simulate', '--spec', spec, '--out', out]);
  expect(code, stderr).toBe(0);
  return out;
}

it('writes all twelve maps in each format', async () => {
  using folder = temporaryFolder();
  const capture = await card(folder.path);
  for (const format of mapFormats) {
    const out = join(folder.path, format);
    const { code, stderr } = await runCli(['normals', capture, '--maps', out, '--format', format]);
    expect(code, stderr).toBe(0);
    const files = readdirSync(out);
    expect(files).toHaveLength(mapNames.length);
    for (const file of files) {
      expect(mapNames).toContain(file.split('.')[0]);
      expect(readFileSync(join(out, file)).subarray(0, magic[format].length).toString('latin1')).toBe(magic[format]);
    }
  }
}, 120_000);

it('writes the height that keeps steps beside the normals', async () => {
  using folder = temporaryFolder();
  const capture = await card(folder.path);
  const [normals, steps] = [join(folder.path, 'n.npy'), join(folder.path, 'steps.npy')];
  const { code, stderr, stdout } = await runCli(['normals', capture, '--out', normals, '--steps', steps, '--json']);
  expect(code, stderr).toBe(0);
  const { widthPx, heightPx, files } = JSON.parse(stdout);
  expect(files).toEqual({ normals, heightWithSteps: steps });
  const values = new Float32Array(readFileSync(steps).buffer.slice(128));
  expect(values).toHaveLength(widthPx * heightPx);
  expect(values.every(Number.isFinite)).toBe(true);
  expect(values.some((v) => v !== 0)).toBe(true);
}, 120_000);

it('merges exposures: frames taken twice at the same time solve to the normals of one', async () => {
  using folder = temporaryFolder();
  const capture = await card(folder.path);
  const path = join(capture, 'capture.json');
  const before = join(folder.path, 'one.npy');
  expect((await runCli(['normals', capture, '--out', before])).code).toBe(0);
  const raw: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const { lights, ...rest } = captureSchema.parse(raw);
  const twice = lights.map((light, i) => {
    const file = `again-${i}.png`;
    copyFileSync(join(capture, light.file), join(capture, file));
    return { ...light, seconds: 0.02, exposures: [{ file, seconds: 0.02 }] };
  });
  writeFileSync(path, JSON.stringify({ ...rest, lights: twice }));
  const after = join(folder.path, 'two.npy');
  const { code, stderr } = await runCli(['normals', capture, '--out', after]);
  expect(code, stderr).toBe(0);
  const values = (file: string) => new Float32Array(readFileSync(file).buffer.slice(128));
  const [one, two] = [values(before), values(after)];
  let apart = 0;
  for (let i = 0; i < one.length; i += 1) if (Math.abs((one[i] ?? 0) - (two[i] ?? 9)) > 1e-3) apart += 1;
  expect(apart / one.length).toBeLessThan(1e-3);

  // The photographs hold the same light, so times that say 1.5 times as much contradict them; 5 % may be a shutter's.
  const stated = (seconds: number) =>
    twice.map((light, i) => (i === 1 ? { ...light, exposures: [{ file: 'again-1.png', seconds }] } : light));
  for (const command of ['normals', 'grade']) {
    writeFileSync(path, JSON.stringify({ ...rest, lights: stated(0.03) }));
    const target = command === 'normals' ? ['--out', after] : [];
    const contradicted = await runCli([command, capture, ...target, '--json']);
    expect(contradicted.code).toBe(2);
    const { error } = JSON.parse(contradicted.stdout);
    expect(error).toMatchObject({ code: 'value.invalid', file: 'again-1.png', field: 'exposures' });
    expect(error.message).toContain('say 1.50 times the light, the photographs say 1.00');
    expect(error.next).toContain('correct "seconds"');
  }
  writeFileSync(path, JSON.stringify({ ...rest, lights: stated(0.021) }));
  expect((await runCli(['normals', capture, '--out', after])).code).toBe(0);

  const wrong = twice.map((light, i) => (i === 2 ? { ...light, seconds: undefined } : light));
  writeFileSync(path, JSON.stringify({ ...rest, lights: wrong }));
  const refused = await runCli(['normals', capture, '--out', after]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('lights[2].exposures');
}, 120_000);
