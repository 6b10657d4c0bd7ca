/** The simulated targets tell the lights' directions by geometry alone, worked out here from the pictures. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureSchema } from '../../contract/index.ts';
import { isMarkedSimulated } from '../marks/index.ts';
import { simulatedCameraMm, simulatedLights, writeBallCapture } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'trugrade-targets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const size = { widthPx: 420, heightPx: 380, pitchMm: 0.1 };

/** Samples of a grey 16-bit PNG whose rows are not filtered. */
function samples(name: string): (x: number, y: number) => number {
  const file = readFileSync(join(folder, name));
  const at = file.indexOf('IDAT');
  const rows = inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
  return (x, y) => rows.readUInt16BE(y * (1 + 2 * size.widthPx) + 1 + 2 * x) / 65_535;
}

beforeAll(() => writeBallCapture('mirror', folder, () => undefined, new AbortController().signal));

test('the highlight of every light halves the angle between the camera and the light', () => {
  for (const [k, lamp] of simulatedLights.entries()) {
    const of = samples(`light-0${k}.png`);
    const sum = { x: 0, y: 0, n: 0 };
    for (let y = 0; y < size.heightPx; y += 1)
      for (let x = 0; x < size.widthPx; x += 1)
        if (of(x, y) > 0.5) {
          sum.x += x;
          sum.y += y;
          sum.n += 1;
        }
    expect(sum.n).toBeGreaterThan(4);
    // The sight line through the highlight, and where it meets the ball of 12 mm at (1.5, -1, 12).
    const px = (sum.x / sum.n + 0.5 - size.widthPx / 2) * size.pitchMm;
    const py = (sum.y / sum.n + 0.5 - size.heightPx / 2) * size.pitchMm;
    const length = Math.hypot(px, py, simulatedCameraMm);
    const sight = [px / length, py / length, -simulatedCameraMm / length] as const;
    const from = [-1.5, 1, simulatedCameraMm - 12] as const;
    const half = from[0] * sight[0] + from[1] * sight[1] + from[2] * sight[2];
    const t = -half - Math.sqrt(half * half - (from[0] ** 2 + from[1] ** 2 + from[2] ** 2 - 144));
    const n = sight.map((s, i) => ((from[i] ?? 0) + t * s) / 12);
    const middle = lamp.map((l, i) => l - (sight[i] ?? 0));
    const across = Math.hypot(...middle);
    const cosine = n.reduce((total, v, i) => total + (v * (middle[i] ?? 0)) / across, 0);
    expect((Math.acos(Math.min(1, cosine)) * 180) / Math.PI).toBeLessThan(0.3);
  }
});

test('the capture says that it is simulated, in its description and in every picture', async () => {
  const capture = captureSchema.parse(JSON.parse(readFileSync(join(folder, 'capture.json'), 'utf8')));
  expect(capture).toMatchObject({ simulated: true, pixelPitchMm: 0.1 });
  expect(capture.lights).toHaveLength(8);
  for (const { file } of capture.lights) expect(await isMarkedSimulated(join(folder, file))).toBe(true);
});

test('drawing ends when it is cancelled', async () => {
  const cancelled = writeBallCapture('matte', folder, () => undefined, AbortSignal.abort(new Error('stop')));
  await expect(cancelled).rejects.toThrow('stop');
});
