/** `trugrade calibrate response` and `--response` on drawn photographs whose curves are known. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cameraResponseSchema } from '../../src-main/contract/index.ts';
import { cameraCurves, exposureTimes, photograph, sceneSidePx } from '../bench/lib/camera-curves.ts';
import { draw, signedDistance } from '../bench/lib/ideal-edge.ts';
import { writeGreyPng } from '../bench/lib/png.ts';
import { simulatedRecord } from '../support/calibration-record.ts';
import { runCli, temporaryFolder, writeCapture } from '../support/cli.ts';

const film = cameraCurves.film ?? ((light: number) => light);

async function photographs(folder: string): Promise<string[]> {
  return exposureTimes.map((seconds, i) => {
    const path = join(folder, `scene-${i}.png`);
    writeGreyPng(path, sceneSidePx, sceneSidePx, 8, photograph(film, seconds, 11 + i));
    return path;
  });
}

const error = (stdout: string) => JSON.parse(stdout).error;

describe('a response measured from photographs', () => {
  it('puts edges of a film-like camera where they are, which sRGB does not', async () => {
    using folder = temporaryFolder();
    const out = join(folder.path, 'response.json');
    const paths = await photographs(folder.path);
    const times = exposureTimes.map((s) => `${s * 100}/100`).join(',');
    const found = await runCli(['calibrate', 'response', ...paths, '--seconds', times, '--out', out]);
    expect(found.code, found.stderr).toBe(0);
    expect(found.stdout).toContain('of full scale remain');
    const { estimate } = cameraResponseSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
    expect(estimate?.channels[0]?.residual).toBeLessThan(0.006);

    const edge = {
      sizePx: 120,
      angleDeg: 8,
      psfPx: 0.8,
      offsetPx: 0.3,
      low: 0.1,
      high: 0.8,
      snr: 400,
      seed: 5,
    };
    const picture = join(folder.path, 'edge.png');
    writeGreyPng(picture, 120, 120, 8, draw(edge).map(film));
    const bias = async (...told: string[]) => {
      const { stdout, stderr, code } = await runCli(['edges', picture, ...told, '--json']);
      expect(code, stderr).toBe(0);
      const points: { xPx: number; yPx: number }[] = JSON.parse(stdout).points;
      const inner = points.filter(({ yPx }) => yPx > 12 && yPx < 108);
      expect(inner.length).toBeGreaterThan(80);
      return Math.abs(inner.reduce((sum, p) => sum + signedDistance(edge, p.xPx, p.yPx), 0) / inner.length);
    };
    expect(await bias('--response', out)).toBeLessThan(0.005);
    expect(await bias('--encoding', 'srgb')).toBeGreaterThan(0.02);

    // A width's budget takes the radiometric term from what remained of the fit, once a calibration stands behind it.
    const [card, record] = [join(folder.path, 'card'), join(folder.path, 'record.json')];
    const spec = join(folder.path, 'spec.json');
    writeFileSync(spec, JSON.stringify({ imagePx: [1950, 2550], lights: 1, colour: false }));
    writeFileSync(record, JSON.stringify(simulatedRecord('r')));
    expect((await runCli(['simulate', '--out', card, '--spec', spec])).code).toBe(0);
    const radiometric = async (...told: string[]) => {
      const args = ['measure', join(card, 'light-00.png'), '--calibration', record, ...told, '--json'];
      const { stdout, stderr } = await runCli(args);
      expect(stdout, stderr).toContain('"radiometric"');
      const { components } = JSON.parse(stdout).measurement.budget;
      return components.find((line: { id: string }) => line.id === 'radiometric');
    };
    expect(await radiometric('--encoding', 'linear')).toMatchObject({ source: 'assumption' });
    const stated = await radiometric('--response', out);
    expect(stated).toMatchObject({ source: 'calibration', basis: expect.stringContaining('of full scale') });
    expect(stated.halfWidth).toBeCloseTo((estimate?.channels[0]?.residual ?? 1) * 1.0695 * Math.SQRT2, 5);
  });

  it('refuses a wrong time by the picture, too few pictures, and times that do not fit', async () => {
    using folder = temporaryFolder();
    const paths = await photographs(folder.path);
    const wrong = exposureTimes.map((s, i) => (i === 3 ? s * 1.3 : s)).join(',');
    const refusals = [
      { args: [...paths, '--seconds', wrong], code: 'calibration.failed', file: 'scene-3.png' },
      { args: [...paths.slice(0, 2), '--seconds', '0.1,1'], code: 'value.invalid', field: 'seconds' },
      { args: [...paths, '--seconds', '1,2'], code: 'usage', field: 'seconds' },
      { args: [...paths, '--seconds', '1,2,3,4,5,1/0'], code: 'usage', field: 'seconds' },
      { args: paths, code: 'usage', field: 'seconds' },
    ];
    for (const { args, ...refused } of refusals) {
      const { stdout, code } = await runCli(['calibrate', 'response', ...args, '--json']);
      expect(code).toBe(2);
      expect(error(stdout)).toMatchObject(refused);
    }
  });
});

describe('a response given by hand', () => {
  it('is applied from capture.json and by --response alike, and colours need their own curves', async () => {
    using folder = temporaryFolder();
    const square = Array.from({ length: 33 }, (_, i) => [i / 32, (i / 32) ** 2]);
    const file = join(folder.path, 'square.json');
    writeFileSync(file, JSON.stringify({ schema: 'trugrade.response/1', curves: square }));
    const normals = async (response: unknown, ...args: string[]) => {
      using capture = temporaryFolder();
      writeCapture(capture.path, 6, (c) => Object.assign(c, response === undefined ? {} : { response }));
      const out = join(capture.path, 'n.npy');
      const albedo = join(capture.path, 'a.npy');
      const ran = await runCli(['normals', capture.path, '--out', out, '--albedo', albedo, ...args, '--json']);
      return { ...ran, albedo: ran.code === 0 ? readFileSync(albedo) : Buffer.alloc(0) };
    };
    const [plain, inside, option] = [
      await normals(undefined),
      await normals(square),
      await normals(undefined, '--response', file),
    ];
    expect([plain.code, inside.code, option.code]).toEqual([0, 0, 0]);
    expect(inside.albedo.equals(option.albedo)).toBe(true);
    // Codes of 60 to 68 of 255 hold a quarter of the light that linear samples would.
    const middle = (npy: Buffer) => npy.readFloatLE(npy.length - 4 * (96 * 48 + 48));
    expect(middle(inside.albedo) / middle(plain.albedo)).toBeCloseTo(64 / 255, 1);
    const three = await normals([square, square, square]);
    expect(error(three.stdout)).toMatchObject({ code: 'value.invalid', field: 'response' });
  });

  it('is refused by file and field when it is no curve, and beside an encoding', async () => {
    using folder = temporaryFolder();
    writeCapture(folder.path, 1);
    const picture = join(folder.path, 'light-0.png');
    const refusal = async (curves: unknown, ...more: string[]) => {
      const file = join(folder.path, 'r.json');
      writeFileSync(file, JSON.stringify({ schema: 'trugrade.response/1', curves }));
      const { stdout, code } = await runCli(['edges', picture, '--response', file, ...more, '--json']);
      expect(code).toBe(2);
      return error(stdout);
    };
    const line = [
      [0, 0],
      [1, 1],
    ];
    expect(await refusal([[0, 0]])).toMatchObject({ code: 'schema.invalid', file: 'r.json', field: 'curves[0]' });
    const falling = [
      [0, 0],
      [0.5, 0.6],
      [0.7, 0.5],
    ];
    expect(await refusal(falling)).toMatchObject({ code: 'schema.invalid', field: 'curves[0][2]' });
    expect(await refusal([line, line])).toMatchObject({ code: 'schema.invalid', field: 'curves' });
    expect(
      await refusal([
        [0, 0],
        [1, null],
      ]),
    ).toMatchObject({ code: 'schema.invalid', field: 'curves[0][1][1]' });
    expect(await refusal(line, '--encoding', 'srgb')).toMatchObject({ code: 'usage', field: 'encoding' });
  });
});
