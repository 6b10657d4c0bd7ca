/** `trugrade calibrate` on simulated photographs: from boards to a card measured under a bent lens on a tilted plane. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { acceptanceSchema, calibrationRecordSchema, reportSchema } from '../../src-main/contract/index.ts';
import { runCli as trugrade } from '../support/cli.ts';
import { lookThrough, writeSheet } from '../support/sheet.ts';

/** Half the usual resolution, so that the pictures are quickly made; 3.5 px of distortion in the corners. */
const rig = { imagePx: [975, 1275], pitchMm: 0.08, distortion: [-0.15, 0.2, 4e-4, -3e-4, 0], tiltDeg: [2, -0.5] };
let folder: string;
const at = (name: string) => join(folder, 'p', name);
const views = Array.from({ length: 10 }, (_, i) => `view-${String(i + 1).padStart(2, '0')}.png`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trugrade-calibrate-'));
  writeFileSync(join(folder, 'rig.json'), JSON.stringify(rig));
  await must(['calibrate', 'simulate', '--out', join(folder, 'p'), '--spec', join(folder, 'rig.json')]);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function must(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await trugrade(args);
  expect(code, stderr).toBe(0);
  return stdout;
}

test('boards alone give a camera, a plane and a scale whose held-out lengths are right to 2 um', async () => {
  await must(['calibrate', 'camera', ...views.map(at), '--out', at('camera.json')]);
  const scale = ['--plane', at('plane.png'), '--artefact', at('artefact.json'), '--artefact-image', at('artefact.png')];
  await must([
    ...['calibrate', 'scale', '--camera', at('camera.json'), ...scale, '--verify', at('verify.png')],
    ...['--out', at('record.json'), '--data', join(folder, 'data'), '--rig', 'bench'],
  ]);
  const record = calibrationRecordSchema.parse(JSON.parse(readFileSync(at('record.json'), 'utf8')));
  expect(record.verification.comparisons.length).toBeGreaterThan(10);
  expect(record.verification.worstMm).toBeLessThan(0.002);
  expect(record.plane.tiltDeg).toBeCloseTo(Math.hypot(2, 0.5), 1);
  expect(record.files).toHaveLength(13);
  // The pictures say themselves that a simulator made them.
  expect(record.simulated).toBe(true);

  const listed = JSON.parse(await must(['calibrate', 'list', '--data', join(folder, 'data'), '--json']));
  expect(listed).toMatchObject([{ id: record.id, rigId: 'bench', active: true, state: 'valid', scale: 'certified' }]);
  const drift = JSON.parse(
    await must([
      'calibrate',
      'drift',
      at('placement-3.png'),
      '--data',
      join(folder, 'data'),
      '--rig',
      'bench',
      '--json',
    ]),
  );
  expect(drift).toMatchObject({ calibrationId: record.id, status: 'ok' });

  const accepted = ['calibrate', 'acceptance', at('placement-1.png'), at('placement-5.png')];
  const report = ['--calibration', at('record.json'), '--report', at('acceptance.pdf'), '--json'];
  const acceptance = acceptanceSchema.parse(JSON.parse(await must([...accepted, ...report])));
  expect(acceptance.worstMm).toBeLessThan(0.003);
  expect(acceptance.probing?.formMm).toBeLessThan(0.004);
  expect(readFileSync(at('acceptance.pdf')).toString('latin1', 0, 5)).toBe('%PDF-');
}, 240_000);

test('a card is measured right under the record, and wrong without it', async () => {
  // A whitened rim or a worn corner is no fault of the scale.
  const defects = { scratches: 0, dents: 0, printDots: 0, edgeWhitening: 0, cornerWear: 0 };
  const print = { art: 'plain', artTexture: 0, defects };
  const spec = { ...rig, seed: 9, lights: 1, colour: false, rotationDeg: 2, ...print };
  writeFileSync(join(folder, 'card.json'), JSON.stringify(spec));
  await must(['simulate', '--out', join(folder, 'card'), '--spec', join(folder, 'card.json')]);
  const truth = z
    .object({ sizeMm: z.tuple([z.number(), z.number()]), meanMm: z.record(z.string(), z.number()) })
    .parse(JSON.parse(readFileSync(join(folder, 'card', 'truth.json'), 'utf8')));
  const measure = async (options: string[]) => {
    const { stdout } = await trugrade(['measure', join(folder, 'card'), ...options, '--json']);
    return reportSchema.parse(JSON.parse(stdout)).measurement;
  };
  const right = await measure(['--calibration', at('record.json')]);
  expect(Math.abs((right?.sizeMm?.width ?? 0) - truth.sizeMm[0])).toBeLessThan(0.003);
  expect(Math.abs((right?.sizeMm?.height ?? 0) - truth.sizeMm[1])).toBeLessThan(0.003);
  for (const side of ['left', 'right', 'top', 'bottom'] as const)
    expect(Math.abs((right?.meanMm[side] ?? 0) - (truth.meanMm[side] ?? 0)), side).toBeLessThan(0.003);
  // What a person states of the room is in the budget, with its source, and the report names the change.
  const humidity = { halfWidth: 1, sensitivity: 1e-4, distribution: 'rectangular', basis: 'climate chamber' };
  writeFileSync(join(folder, 'room.json'), JSON.stringify({ humidity }));
  const room = ['--calibration', at('record.json'), '--assumptions', join(folder, 'room.json')];
  const dry = await measure(room);
  expect(dry?.budget?.components.find(({ id }) => id === 'humidity')).toMatchObject({
    halfWidth: 1,
    basis: 'climate chamber',
  });
  expect(dry?.budget?.version).toMatch(/, changed [0-9a-f]{8}$/);
  expect(right?.budget?.version).not.toMatch(/changed/);
  // The capture's own camera block undoes the lens, but knows nothing of the tilt.
  const plain = await measure([]);
  expect(Math.abs((plain?.sizeMm?.height ?? 0) - truth.sizeMm[1])).toBeGreaterThan(0.02);
}, 120_000);

test('every card of one picture is measured through the calibration of the camera', async () => {
  const [widthPx, heightPx] = [1520, 1040];
  // 7 px of distortion in the corners, and a plane tilted by a degree.
  const camera = {
    focalPx: 4000,
    centrePx: [764, 512] as const,
    k1: -0.15,
    k2: 0.05,
    toPlane: [
      [400, 0, 76],
      [0, 400, 52],
      [-0.018, 0.006, 1],
    ] as [[number, number, number], [number, number, number], [number, number, number]],
  };
  const cards = [
    { xMm: 39, yMm: 52, angleDeg: 0.6, borders: [3.1, 2.9, 3.4, 2.6] },
    { xMm: 113, yMm: 50, angleDeg: -0.9, borders: [2.7, 3.3, 3, 3.2] },
  ] as const;
  const pitchMm = 0.1;
  writeSheet(join(folder, 'two.png'), {
    ...{ widthMm: widthPx * pitchMm, heightMm: heightPx * pitchMm, pitchMm, cards },
    look: lookThrough(camera),
  });
  const record = calibrationRecordSchema.parse(JSON.parse(readFileSync(at('record.json'), 'utf8')));
  const { k1, k2, focalPx, centrePx, toPlane } = camera;
  const map = {
    imagePx: [widthPx, heightPx],
    intrinsics: [focalPx, focalPx, ...centrePx],
    distortion: [k1, k2, 0, 0, 0],
    toPlane,
  };
  const known = { ...record, plane: { ...record.plane, map, pitchMm } };
  writeFileSync(join(folder, 'two.json'), JSON.stringify(known));
  const all = [join(folder, 'two.png'), '--encoding', 'linear', '--all', '--json'];
  const measured = async (options: string[]) =>
    z.array(reportSchema).parse(JSON.parse((await trugrade(['measure', ...all, ...options])).stdout));
  const worst = (reports: Awaited<ReturnType<typeof measured>>) => {
    expect(reports).toHaveLength(2);
    const off = reports.flatMap(({ measurement: m }, i) =>
      (['left', 'right', 'top', 'bottom'] as const).map((side, s) =>
        Math.abs((m?.meanMm[side] ?? Number.NaN) - (cards[i]?.borders[s] ?? Number.NaN)),
      ),
    );
    const size = reports.map(({ measurement: m }) => Math.abs((m?.sizeMm?.height ?? Number.NaN) - 88.9));
    return { width: Math.max(...off), height: Math.max(...size) };
  };
  const through = await measured(['--calibration', join(folder, 'two.json')]);
  expect(worst(through).width).toBeLessThan(0.002);
  expect(worst(through).height).toBeLessThan(0.004);
  // The places are in the pixels of the whole picture.
  expect(through.map(({ measurement: m }) => (m?.outline.corners[0]?.xPx ?? 0) > widthPx / 2)).toEqual([false, true]);
  expect(worst(await measured(['--pixel-pitch-mm', String(pitchMm)])).height).toBeGreaterThan(0.1);

  const other = await trugrade(['measure', at('plane.png'), '--all', '--calibration', join(folder, 'two.json')]);
  expect(other.stderr).toMatch(/975 x 1275 px, the calibration holds for 1520 x 1040 px/);
}, 120_000);

test('what cannot be calibrated is refused with the next step', async () => {
  const few = await trugrade(['calibrate', 'camera', at('view-01.png'), at('plane.png'), '--out', at('x.json')]);
  expect(few.code).toBe(2);
  expect(few.stderr).toMatch(/tilt the board/);
  const wrong = await trugrade(['calibrate', 'camera', at('artefact.png'), '--out', at('x.json')]);
  expect(wrong.stderr).toMatch(/artefact\.png: .*DICT_4X4.* and not of DICT_5X5_100/);
  const none = await trugrade([
    'calibrate',
    'scale',
    '--camera',
    at('camera.json'),
    '--plane',
    at('plane.png'),
    '--out',
    at('y.json'),
  ]);
  expect(none.stderr).toMatch(/no picture for verification/);
  const size = await trugrade([
    'measure',
    at('view-01.png'),
    '--encoding',
    'linear',
    '--calibration',
    at('camera.json'),
  ]);
  expect(size.code).toBe(2);
  const task = await trugrade(['calibrate', 'moon']);
  expect(task.stderr).toMatch(/no task "moon"/);
});
