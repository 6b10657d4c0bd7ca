/** Tiles as texels of halves. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHalf, toHalf } from './half.ts';
import { planeTable, texelsOf } from './packing.ts';

describe('halves', () => {
  test('known patterns of binary16', () => {
    const known: readonly (readonly [number, number])[] = [
      [0, 0],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [2 ** -14, 0x0400],
      [2 ** -24, 0x0001],
      [1 / 3, 0x3555],
      [Number.POSITIVE_INFINITY, 0x7c00],
      [1e6, 0x7c00],
      [1e-9, 0],
    ];
    for (const [value, half] of known) expect(toHalf(value)).toBe(half);
    expect(Number.isNaN(fromHalf(toHalf(Number.NaN)))).toBe(true);
  });

  test('the nearest half is never further than half a step away, ties go to even', () => {
    fc.assert(
      fc.property(fc.double({ min: -60_000, max: 60_000, noNaN: true }), (value) => {
        const back = fromHalf(toHalf(value));
        const step = 2 ** Math.max(-24, Math.floor(Math.log2(Math.max(Math.abs(value), 2 ** -14))) - 10);
        return Math.abs(back - value) <= step / 2 + 1e-12;
      }),
    );
    expect(fromHalf(toHalf(2049))).toBe(2048);
    expect(fromHalf(toHalf(2051))).toBe(2052);
  });
});

/** A tile of two rows of two, of planes given by their codes; bit i of `missing` marks pixel i. */
function tile(...planes: readonly { readonly codes: readonly number[]; readonly missing: number }[]): Uint8Array {
  return Uint8Array.from(
    planes.flatMap(({ codes: [a = 0, b = 0, c = 0, d = 0], missing }) => {
      const wrap = (v: number) => ((((v + 32_768) % 65_536) + 65_536) % 65_536) - 32_768;
      const differences = [a, b - a, c - a, d - Math.floor((b + c) / 2)].map(wrap);
      const zigzag = differences.map((value) => (value >= 0 ? 2 * value : -2 * value - 1));
      return [missing, ...zigzag.map((z) => z & 255), ...zigzag.map((z) => z >> 8)];
    }),
  );
}

describe('texels', () => {
  test('one plane: two halves add up to the value, far finer than one', () => {
    const scale = 1e-5;
    const codes = [30_001, -20_003, 17, 12_345];
    const texels = texelsOf(tile({ codes, missing: 0 }), 2, 2, [planeTable({ scale, offset: 0.1 })]);
    for (const [i, code] of codes.entries()) {
      const value = fromHalf(texels[4 * i] ?? 0) + fromHalf(texels[4 * i + 1] ?? 0);
      expect(Math.abs(value - (0.1 + scale * code))).toBeLessThan(2e-7);
      expect(texels[4 * i + 3]).toBe(0x3c00);
    }
  });

  test('three planes: known only where all are, and unknown texels are nothing at all', () => {
    const tables = [1, 2, 4].map((scale) => planeTable({ scale, offset: 0 }));
    const bytes = tile(
      { codes: [1, 2, 3, 4], missing: 0b0010 },
      { codes: [5, 6, 7, 8], missing: 0b1000 },
      { codes: [9, 10, 11, 12], missing: 0 },
    );
    const texels = Array.from(texelsOf(bytes, 2, 2, tables), fromHalf);
    expect(texels).toEqual([1, 10, 36, 1, 0, 0, 0, 0, 3, 14, 44, 1, 0, 0, 0, 0]);
  });

  test('a tile that ends early is refused', () => {
    const short = tile({ codes: [1, 2, 3, 4], missing: 0 }).slice(0, -1);
    expect(() => texelsOf(short, 2, 2, [planeTable({ scale: 1, offset: 0 })])).toThrow(RangeError);
  });
});
