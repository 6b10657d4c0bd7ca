/** Stored maps: tiles, values between pixels and profiles of a field known by formula; damaged files refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { FilesReadable } from '../store/index.ts';
import { createMaps } from './index.ts';
import { bandValues, valueAt } from './sampler.ts';

const folder = mkdtempSync(join(tmpdir(), 'trugrade-maps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const size = { width: 50, height: 40, tile: 32 } as const;
const scale = 2e-5;
/** A bowed plane in mm, which bicubic interpolation gives exactly but for the quantisation. */
const truth = (x: number, y: number) => 0.002 * x - 0.001 * y + 0.00005 * x * x;
const isMissing = (x: number, y: number) => x >= 20 && x < 24 && y >= 10 && y < 14;

function guessOf(codes: readonly number[], column: number, row: number, width: number): number {
  const at = row * width + column;
  const [left, above] = [codes[at - 1] ?? 0, codes[at - width] ?? 0];
  if (column === 0) return row === 0 ? 0 : above;
  return row === 0 ? left : Math.floor((left + above) / 2);
}

/** One tile, encoded from the description of the format: two's complement differences, zigzag, low and high bytes. */
function encodeTile(x0: number, y0: number, width: number, height: number): Buffer {
  const count = width * height;
  const out = Buffer.alloc(Math.ceil(count / 8) + 2 * count);
  const codes: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const [column, row] = [i % width, Math.floor(i / width)];
    const guess = guessOf(codes, column, row, width);
    const missing = isMissing(x0 + column, y0 + row);
    const code = missing ? guess : Math.round(truth(x0 + column, y0 + row) / scale);
    codes.push(code);
    if (missing) out[i >> 3] = (out[i >> 3] ?? 0) | (1 << (i & 7));
    const difference = ((((code - guess + 32_768) % 65_536) + 65_536) % 65_536) - 32_768;
    const zigzag = difference >= 0 ? 2 * difference : -2 * difference - 1;
    out[Math.ceil(count / 8) + i] = zigzag % 256;
    out[Math.ceil(count / 8) + count + i] = Math.floor(zigzag / 256);
  }
  return deflateSync(out);
}

/** The whole file: 50 x 40 in tiles of 32 has the levels 5 (25 x 20) and 6. */
function encodeFile(change: (header: Record<string, unknown>) => void = () => undefined): Buffer {
  const tiles = [encodeTile(0, 0, 25, 20), encodeTile(0, 0, 32, 32), encodeTile(32, 0, 18, 32)];
  tiles.push(encodeTile(0, 32, 32, 8), encodeTile(32, 32, 18, 8));
  const header = {
    schema: 'trugrade.maps/1',
    ...{ widthPx: size.width, heightPx: size.height, tilePx: size.tile, levels: 7, firstLevel: 5, pixelPitchMm: 0.05 },
    groups: [{ name: 'height', planes: [{ name: 'height', unit: 'mm', scale, offset: 0, low: -0.1, high: 0.1 }] }],
  };
  change(header);
  let at = 8;
  const index = tiles.map(({ length }) => {
    const entry = Buffer.alloc(12);
    entry.writeBigUInt64LE(BigInt(at));
    entry.writeUInt32LE(length, 8);
    at += length;
    return entry;
  });
  const json = Buffer.from(JSON.stringify(header));
  const trailer = Buffer.alloc(16);
  trailer.writeBigUInt64LE(BigInt(at));
  trailer.writeUInt32LE(json.length, 8);
  trailer.write('END\n', 12, 'latin1');
  return Buffer.concat([Buffer.from('TGMAPS1\n'), ...tiles, ...index, json, trailer]);
}

let stored = 0;
function mapsOf(bytes: Buffer) {
  stored += 1;
  const path = join(folder, `maps-${stored}`);
  writeFileSync(path, bytes);
  const files: Pick<FilesReadable, 'has' | 'path'> = { has: (id) => id === 'known', path: () => path };
  const unused = () => {
    throw new Error('not used here');
  };
  return createMaps({ ...files, read: unused, verify: unused, gradingsOf: unused });
}

describe('maps', () => {
  test('a profile over tile borders follows the field between the pixels', async () => {
    const [from, to] = [
      { xPx: 3.25, yPx: 5.5 },
      { xPx: 45.75, yPx: 36.5 },
    ];
    const { values, lengthMm, unit } = await mapsOf(encodeFile()).profile({
      ...{ maps: 'known', plane: 'height', from, to, samples: 101, bandPx: 1 },
    });
    expect(lengthMm).toBeCloseTo(Math.hypot(42.5, 31) * 0.05, 9);
    expect(unit).toBe('mm');
    expect(values).toHaveLength(101);
    let compared = 0;
    for (const [i, value] of values.entries()) {
      const [x, y] = [3.25 + (42.5 * i) / 100, 5.5 + (31 * i) / 100];
      if (value === null || (x > 17 && x < 27 && y > 7 && y < 17)) continue;
      compared += 1;
      expect(Math.abs(value - truth(x, y))).toBeLessThan(1.3 * scale);
    }
    expect(compared).toBeGreaterThan(70);
  });

  test('where the map has no value the profile has none', async () => {
    const line = { from: { xPx: 10, yPx: 12 }, to: { xPx: 34, yPx: 12 }, samples: 25 };
    const { values } = await mapsOf(encodeFile()).profile({ maps: 'known', plane: 'height', bandPx: 1, ...line });
    expect(values.flatMap((value, i) => (value === null ? [10 + i] : []))).toEqual([20, 21, 22, 23]);
  });

  test('the value under a pixel is the one that was stored', async () => {
    const { values } = await mapsOf(encodeFile()).values('known', { xPx: 40, yPx: 30 });
    expect(values).toEqual([{ plane: 'height', unit: 'mm', value: expect.closeTo(truth(40, 30), 4) }]);
  });

  test('a line that leaves the image, a tile that does not exist and an unknown id are refused', async () => {
    const maps = mapsOf(encodeFile());
    const coded = (code: string) => expect.objectContaining({ code });
    const outside = { from: { xPx: 1, yPx: 1 }, to: { xPx: 50, yPx: 1 }, bandPx: 1 };
    await expect(maps.profile({ maps: 'known', plane: 'height', ...outside })).rejects.toEqual(coded('value.invalid'));
    await expect(maps.values('known', { xPx: 1, yPx: 40 })).rejects.toEqual(coded('value.invalid'));
    for (const place of [
      { level: 4, col: 0, row: 0 },
      { level: 7, col: 0, row: 0 },
      { level: 6, col: 2, row: 0 },
    ])
      await expect(maps.tile('known', 'height', place)).rejects.toEqual(coded('notFound'));
    await expect(maps.tile('known', 'gloss', { level: 6, col: 0, row: 0 })).rejects.toEqual(coded('notFound'));
    await expect(maps.info('other')).rejects.toEqual(coded('notFound'));
  });

  test('a damaged file is refused, never read beyond its parts', async () => {
    const whole = encodeFile();
    const bad: Buffer[] = [
      Buffer.alloc(0),
      whole.subarray(0, whole.length - 1),
      Buffer.concat([Buffer.from('x'), whole]),
      encodeFile((header) => {
        header.widthPx = 51_000;
      }),
      encodeFile((header) => {
        header.tilePx = -1;
      }),
    ];
    const far = Buffer.from(whole);
    far.writeBigUInt64LE(1n << 60n, far.length - 16);
    bad.push(far);
    for (const bytes of bad) await expect(mapsOf(bytes).info('known')).rejects.toMatchObject({ code: 'store.damaged' });
    const tile = Buffer.from(whole);
    // Inside the second tile, which is the first of full size: the index itself stays whole.
    tile.fill(0x55, 8 + encodeTile(0, 0, 25, 20).length + 4, 8 + encodeTile(0, 0, 25, 20).length + 60);
    const damaged = mapsOf(tile).values('known', { xPx: 2, yPx: 2 });
    await expect(damaged).rejects.toMatchObject({ code: 'store.damaged' });
  });
});

describe('interpolation', () => {
  test('a wave of ten pixels keeps its height to half a percent between the pixels', () => {
    const wave = (x: number) => Math.sin((2 * Math.PI * x) / 10);
    for (let x = 3; x < 40; x += 0.31) {
      expect(Math.abs(valueAt(wave, { xPx: x, yPx: 5.5 }) - wave(x))).toBeLessThan(0.006);
    }
  });

  test('the mean over a band leaves a ridge along the line as it is and lessens noise across it', () => {
    const ridge = (x: number, y: number) => (x % 2 === 0 ? 1 : -1) * (Math.abs(y - 8) < 3 ? 1 : 0) + 3;
    const values = bandValues(ridge, { xPx: 2, yPx: 8 }, { xPx: 12, yPx: 8 }, 11, 5);
    expect(values).toEqual([4, 2, 4, 2, 4, 2, 4, 2, 4, 2, 4]);
    const wide = bandValues(ridge, { xPx: 2, yPx: 8 }, { xPx: 12, yPx: 8 }, 2, 11);
    expect(wide[0]).toBeCloseTo(3 + 5 / 11, 9);
  });
});
