/** Life of a sheet: opened, looked at, taken card by card, let go; with a native core of paper. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Measurement } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { AppError, refuse } from '../errors/index.ts';
import { type FoundCard, loadNative, type Native, type NativeStack } from '../native/index.ts';
import { createSheets, inputOf, type Sheets } from './index.ts';
import { inWhole } from './part.ts';

const corners = [
  { xPx: 110, yPx: 220 },
  { xPx: 173, yPx: 220 },
  { xPx: 173, yPx: 308 },
  { xPx: 110, yPx: 308 },
];
const region = { xPx: 100, yPx: 210, widthPx: 90, heightPx: 110 };
const whole: FoundCard = { corners, region, sizePx: [63, 88], angleDeg: 0, confidence: 1, error: null };
const cut: FoundCard = {
  ...{ corners, region: null, sizePx: null, angleDeg: null, confidence: null },
  error: { code: 'card.cutOff', message: 'the card runs out of the picture', next: 'move it' },
};

let freed: number;
let found: FoundCard[] | AppError;
let clock: { ms: number };

function paperStack(): NativeStack {
  const never = async (): Promise<never> => {
    throw new Error('not asked for here');
  };
  return {
    ...{ widthPx: 400, heightPx: 500, rawBytes: 1, registrationMs: 0, quality: never, cropped: never },
    photo: async () => Buffer.from(`picture ${freed}`),
    free: () => {
      freed += 1;
    },
  };
}

function sheetsWith(most = 3): Sheets {
  const native: Native = {
    ...loadNative(),
    loadStack: async () => paperStack(),
    findCards: async () => {
      if (found instanceof AppError) throw found;
      return found;
    },
  };
  const uploads = { open: async () => ({ folder, files: ['scan.png'], cleanup: async () => undefined }) };
  return createSheets({ native, uploads, clock: { monotonicMs: () => clock.ms }, most });
}

const input: CaptureInput = {
  ...{ name: 'scan.png', kind: 'image', side: 'front', encoding: 'srgb', pixelPitchMm: 0.5, expectedSizeMm: undefined },
  lights: [
    {
      ...{ name: 'scan.png', path: '/scan.png', flatPath: undefined, intensity: [1, 1, 1], direction: undefined },
      positionMm: [10, 20, 300],
    },
  ],
  ...{ darkPath: undefined, maskPath: undefined, camera: undefined, cardId: null, simulated: false },
  calibrationId: 'c1',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trugrade-sheets-'));
  await writeFile(join(folder, 'scan.png'), '');
  freed = 0;
  found = [whole, cut];
  clock = { ms: 0 };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a sheet', () => {
  test('numbers its cards in order and keeps what is wrong with each', async () => {
    const sheet = await sheetsWith().open({ uploadId: 'u', name: 'my scan.png' });
    expect(sheet.cards.map((card) => [card.number, card.error?.code])).toEqual([
      [1, undefined],
      [2, 'card.cutOff'],
    ]);
    expect(sheet.name).toBe('my scan.png');
  });

  test('gives a card under its number and refuses one that cannot be measured with its own words', async () => {
    const sheets = sheetsWith();
    const { id } = await sheets.open({ uploadId: 'u' });
    expect(sheets.take(id, 1).input.name).toBe('scan.png, card 1');
    expect(sheets.take(id, undefined).input.name).toBe('scan.png');
    expect(() => sheets.take(id, 2)).toThrow(/runs out of the picture/);
    expect(() => sheets.take(id, 3)).toThrow(/no card 3/);
  });

  test('lives until its last card is done, then its pixels go, once', async () => {
    const sheets = sheetsWith();
    const { id } = await sheets.open({ uploadId: 'u' });
    const taken = sheets.take(id, 1);
    sheets.close(id);
    expect(freed).toBe(0);
    taken.close();
    taken.close();
    expect(freed).toBe(1);
    expect(() => sheets.get(id)).toThrow(/not open any more/);
  });

  test('makes room for another, and is let go when nobody touches it', async () => {
    const sheets = sheetsWith(1);
    const first = await sheets.open({ uploadId: 'u' });
    const second = await sheets.open({ uploadId: 'u' });
    expect(() => sheets.get(first.id)).toThrow(AppError);
    clock.ms += 3_600_000;
    await sheets.open({ uploadId: 'u' });
    expect(() => sheets.get(second.id)).toThrow(AppError);
    expect(freed).toBe(2);
  });

  test('without a card is open with none; a cancelled look is an error and leaves nothing', async () => {
    found = refuse('card.notFound', 'there is no card', 'place one');
    expect((await sheetsWith().open({ uploadId: 'u' })).cards).toEqual([]);
    found = refuse('cancelled', 'it was cancelled', 'start again');
    await expect(sheetsWith().open({ uploadId: 'u' })).rejects.toThrow(/cancelled/);
    expect(freed).toBe(1);
  });

  test('shows its picture while it is open, beside the stored ones', async () => {
    const sheets = sheetsWith();
    const files = sheets.withPictures({
      has: (id: string) => id === 'stored',
      read: async (_id: string) => Buffer.from('s'),
    });
    const { id, picture } = await sheets.open({ uploadId: 'u' });
    expect([files.has(picture), files.has('stored'), files.has('else')]).toEqual([true, true, false]);
    expect(Buffer.from(await files.read(picture)).toString()).toContain('picture');
    sheets.close(id);
    expect(files.has(picture)).toBe(false);
  });
});

test('a part sees its lights from its own middle and has no camera model of the whole', () => {
  const part = inputOf({ ...input, maskPath: '/m.png' }, paperStack(), region, 'card');
  // The part's middle lies at (145, 265), the picture's at (200, 250): -27.5 and 7.5 mm.
  expect(part.lights[0]?.positionMm).toEqual([37.5, 12.5, 300]);
  expect([part.camera, part.maskPath, part.calibrationId]).toEqual([undefined, undefined, null]);
});

const sides = { left: null, right: null, top: null, bottom: null };
const refused = { measured: false };
const unmeasured: Measurement = {
  ...{ pixelPitchMm: null, points: [], meanMm: sides, meanPx: sides },
  sides: { left: refused, right: refused, top: refused, bottom: refused },
  centering: {
    ...{ leftRight: null, topBottom: null, uncertaintyPp: null },
    ...{ leftRightUncertaintyPp: null, topBottomUncertaintyPp: null, worstStation: null },
  },
  ...{ sizeMm: null, sizePx: { width: 63, height: 88 }, cardAngleDeg: 0, printTiltDeg: null },
  outline: {
    ...{ corners: [], cornerRadiusPx: null, border: sides },
    edges: { left: [], right: [], top: [], bottom: [] },
  },
};

test('points of a part are given in the whole picture', () => {
  const none = { left: [], right: [], top: [], bottom: [] };
  const border = { left: null, right: null, top: [{ xPx: 1, yPx: 1 }], bottom: null };
  const outline = { corners: [{ xPx: 1, yPx: 2 }], cornerRadiusPx: null, edges: none, border };
  const moved = inWhole({ ...unmeasured, points: [], outline }, region);
  expect(moved.outline.corners).toEqual([{ xPx: 101, yPx: 212 }]);
  expect(moved.outline.border).toEqual({ ...border, top: [{ xPx: 101, yPx: 211 }] });
});
