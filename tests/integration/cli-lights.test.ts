/** `trugrade calibrate lights` on a simulated rig whose lights are known, and on a real ball with published lights. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureSchema, type LightCalibration, lightCalibrationSchema } from '../../src-main/contract/index.ts';
import { runCli, sharedData, temporaryFolder, writeCapture } from '../support/cli.ts';

type Vector = readonly number[];
const dot = (a: Vector, b: Vector) => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
const between = (a: Vector, b: Vector) =>
  (Math.acos(Math.min(1, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)))) * 180) / Math.PI;
const calibrate = async (...args: string[]): Promise<LightCalibration> => {
  const { stdout, stderr, code } = await runCli(['calibrate', 'lights', ...args, '--json']);
  expect(code, stderr).toBe(0);
  return lightCalibrationSchema.parse(JSON.parse(stdout));
};
const captureOf = (folder: string) =>
  captureSchema.parse(JSON.parse(readFileSync(join(folder, 'capture.json'), 'utf8')));

describe('lights from flat fields', () => {
  it('are found within a degree and 5 mm on a simulated rig with lights 200 mm away, and serve a capture', async () => {
    using folder = temporaryFolder();
    const [spec, card, lights] = ['spec.json', 'card', 'lights.json'].map((n) => join(folder.path, n)) as [
      string,
      string,
      string,
    ];
    writeFileSync(spec, JSON.stringify({ flats: true, lightDistanceMm: 200, pitchMm: 0.12, vignetting: 0.1 }));
    expect((await runCli(['simulate', '--spec', spec, '--out', card])).code).toBe(0);
    const found = await calibrate('--flats', card, '--camera-mm', '400', '--out', lights);
    expect(found.simulated).toBe(true);
    expect(found.notes.join()).toContain('second height');
    for (const [i, truth] of captureOf(card).lights.entries()) {
      const light = found.lights[i];
      const [p = [], q = []] = [truth.positionMm, light?.positionMm ?? undefined];
      expect(between(p, q)).toBeLessThan(1);
      expect(Math.hypot(...p.map((v, a) => v - (q[a] ?? Number.NaN)))).toBeLessThan(5);
    }
    const used = await runCli(['normals', card, '--lights', lights, '--out', join(folder.path, 'n.npy'), '--json']);
    expect(used.code, used.stderr).toBe(0);
  });

  it('refuse targets with different numbers of lights, a raised plane without its height, and nothing at all', async () => {
    using eight = temporaryFolder();
    using five = temporaryFolder();
    writeCapture(eight.path, 8);
    writeCapture(five.path, 5);
    const refusals = [
      { args: ['--flats', eight.path, '--flats-raised', five.path, '--raised-mm', '20'], says: '5 lights' },
      { args: ['--flats', eight.path, '--flats-raised', eight.path], says: '--raised-mm' },
      { args: [], says: 'nothing to calibrate' },
      { args: ['--mirror', eight.path], says: 'ball' },
      { args: ['--mirror', eight.path, '--circle', '1,2'], says: 'x,y,radius' },
    ];
    for (const { args, says } of refusals) {
      const { code, stderr } = await runCli(['calibrate', 'lights', ...args]);
      expect(code).toBe(2);
      expect(stderr).toContain(says);
    }
  });
});

const ball = join(sharedData, 'photometric', 'ball');
describe.skipIf(!existsSync(ball))('lights from a real matte ball (../shared/data/photometric/ball)', () => {
  it('agree with the published directions within 3 degrees in the mean, though the ball shines', async () => {
    const found = await calibrate('--matte', ball);
    const off = captureOf(ball).lights.map((l, i) => between(l.direction ?? [], found.lights[i]?.direction ?? []));
    const mean = off.reduce((a, b) => a + b, 0) / off.length;
    process.stdout.write(
      `real matte ball: 96 directions off by ${mean.toFixed(2)} degrees in the mean, ${Math.max(...off).toFixed(2)} at most\n`,
    );
    expect(mean).toBeLessThan(3);
  });
});
if (!existsSync(ball)) process.stdout.write('SKIPPED: real matte ball, ../shared/data is not here\n');
