/** Inflated tiles of the maps as texels of four halves. Pure. */
import { decodeMapPlane, type MapPlane } from '../../../src-main/contract/surface-maps.ts';
import { fromHalf, toHalf } from './half.ts';

const one = toHalf(1);

/** Halves of every code of a plane, looked up instead of computed for each pixel: `high + low` is the value. */
export interface PlaneTable {
  readonly high: Uint16Array;
  /** What rounding to a half took away, itself a half: a bow of 300 um would else swallow steps below 0.2 um. */
  readonly low: Uint16Array;
}

export function planeTable({ scale, offset }: Pick<MapPlane, 'scale' | 'offset'>): PlaneTable {
  const high = new Uint16Array(65_536);
  const low = new Uint16Array(65_536);
  for (let code = -32_768; code < 32_768; code += 1) {
    const value = offset + scale * code;
    const half = toHalf(value);
    high[code & 0xffff] = half;
    low[code & 0xffff] = toHalf(value - fromHalf(half));
  }
  return { high, low };
}

/**
 * Texels of four halves; the last is 1 where the value is known, and unknown texels are all 0, so that filtering them
 * linearly and dividing by the last gives the mean of what is known.
 * - one plane: `high, low, 0, known`
 * - three planes: their values, known where all are
 */
export function texelsOf(bytes: Uint8Array, width: number, height: number, tables: readonly PlaneTable[]): Uint16Array {
  const texels = new Uint16Array(width * height * 4);
  const planes = tables.map((_, index) => decodeMapPlane(bytes, width, height, index));
  const [first] = planes;
  const [table] = tables;
  if (!first || !table) return texels;
  for (let at = 0; at < width * height; at += 1) {
    if (planes.some(({ missing }) => missing[at] === 1)) continue;
    texels[4 * at + 3] = one;
    if (planes.length === 1) {
      const code = Number(first.codes[at]) & 0xffff;
      texels[4 * at] = Number(table.high[code]);
      texels[4 * at + 1] = Number(table.low[code]);
    } else {
      for (const [index, { codes }] of planes.slice(0, 3).entries())
        texels[4 * at + index] = Number(tables[index]?.high[Number(codes[at]) & 0xffff]);
    }
  }
  return texels;
}
