/** Reading captures: defaults, intensities, flat fields and refusals, on files made here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors/index.ts';
import { readInput } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trugrade-capture-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const touch = (...names: string[]) => {
  for (const name of names) writeFileSync(join(folder, name), '');
};
const write = (capture: object) =>
  writeFileSync(join(folder, 'capture.json'), JSON.stringify({ schema: 'trugrade.capture/1', ...capture }));
const refusal = async (path = folder, options = {}) => {
  const error = await readInput(path, options).catch((e: unknown) => e);
  if (!(error instanceof AppError)) throw new Error('should have been refused');
  return error.data;
};

describe('a capture folder', () => {
  it('fills in what is left out', async () => {
    touch('a.png');
    write({ lights: [{ file: 'a.png' }] });
    expect(await readInput(folder)).toMatchObject({
      kind: 'capture',
      side: 'front',
      encoding: 'linear',
      pixelPitchMm: null,
      simulated: false,
      cardId: null,
      lights: [{ name: 'a.png', intensity: [1, 1, 1] }],
    });
  });
  it('lists all exposures of a light, its own first', async () => {
    touch('a.png', 'a-short.png');
    write({ lights: [{ file: 'a.png', seconds: 0.1, exposures: [{ file: 'a-short.png', seconds: 0.01 }] }] });
    const [light] = (await readInput(folder)).lights;
    expect(light?.exposures?.map(({ name, seconds }) => [name, seconds])).toEqual([
      ['a.png', 0.1],
      ['a-short.png', 0.01],
    ]);
  });
  it('refuses exposures without times, in encoded light, or outside the folder', async () => {
    touch('a.png', 'b.png');
    const exposures = [{ file: 'b.png', seconds: 0.01 }];
    write({ lights: [{ file: 'a.png', exposures }] });
    expect(await refusal()).toMatchObject({ code: 'value.invalid', field: 'lights[0].exposures' });
    write({ linear: false, lights: [{ file: 'a.png', seconds: 0.1, exposures }] });
    expect(await refusal()).toMatchObject({ code: 'value.invalid', field: 'lights[0].exposures' });
    write({ lights: [{ file: 'a.png', seconds: 0.1, exposures: [{ file: 'gone.png', seconds: 0.01 }] }] });
    expect(await refusal()).toMatchObject({ field: 'lights[0].exposures[0].file' });
  });
  it('takes one intensity or three, and says sRGB when it is not linear', async () => {
    touch('a.png', 'b.png');
    write({
      linear: false,
      lights: [
        { file: 'a.png', intensity: 2 },
        { file: 'b.png', intensity: [1, 2, 3] },
      ],
    });
    const input = await readInput(join(folder, 'capture.json'));
    expect(input.encoding).toBe('srgb');
    expect(input.lights.map((l) => l.intensity)).toEqual([
      [2, 2, 2],
      [1, 2, 3],
    ]);
  });
  it('pairs flat fields with lights by order', async () => {
    touch('a.png', 'b.png', 'fa.png', 'fb.png');
    write({ lights: [{ file: 'a.png' }, { file: 'b.png' }], flats: ['fa.png', 'fb.png'] });
    const { lights } = await readInput(folder);
    expect(lights.map((l) => l.flatPath?.endsWith(`f${l.name}`))).toEqual([true, true]);
  });
  it('names file and field of what is wrong', async () => {
    touch('a.png');
    write({ lights: [] });
    expect(await refusal()).toMatchObject({ code: 'schema.invalid', file: 'capture.json', field: 'lights' });
    write({ lights: [{ file: 'a.png' }], pixelPitchMm: -1 });
    expect(await refusal()).toMatchObject({ file: 'capture.json', field: 'pixelPitchMm' });
    write({ lights: [{ file: 'a.png', positionMm: [0, 0, -5] }] });
    expect(await refusal()).toMatchObject({ field: 'lights[0].positionMm' });
    write({ lights: [{ file: 'a.png', intensity: 0 }] });
    expect((await refusal()).field).toMatch(/^lights\[0\]\.intensity/);
    write({ lights: [{ file: 'a.png' }], dark: 'dark.png' });
    expect(await refusal()).toMatchObject({ code: 'file.missing', file: 'dark.png', field: 'dark' });
  });
  it('refuses a capture.json of more than a megabyte without parsing it', async () => {
    writeFileSync(join(folder, 'capture.json'), ' '.repeat(1_100_000));
    expect(await refusal()).toMatchObject({ code: 'schema.invalid', file: 'capture.json' });
  });
});

describe('a single image', () => {
  it('is sRGB without a scale unless told otherwise', async () => {
    touch('scan.JPG');
    const path = join(folder, 'scan.JPG');
    expect(await readInput(path)).toMatchObject({
      kind: 'image',
      encoding: 'srgb',
      pixelPitchMm: null,
      name: 'scan.JPG',
    });
    expect(await readInput(path, { encoding: 'linear', pixelPitchMm: 0.05 })).toMatchObject({
      encoding: 'linear',
      pixelPitchMm: 0.05,
    });
  });
  it('is refused when it is something else, missing, or has an impossible scale', async () => {
    touch('notes.txt', 'a.png');
    mkdirSync(join(folder, 'empty'));
    expect(await refusal(join(folder, 'notes.txt'))).toMatchObject({ code: 'image.unsupported', file: 'notes.txt' });
    expect(await refusal(join(folder, 'absent.png'))).toMatchObject({ code: 'file.missing', file: 'absent.png' });
    expect(await refusal(join(folder, 'empty'))).toMatchObject({ code: 'file.missing', file: 'capture.json' });
    expect(await refusal(join(folder, 'a.png'), { pixelPitchMm: Number.NaN })).toMatchObject({ field: 'pixelPitchMm' });
  });
});
