/** Heights are shown over the card's own range at first. */
import { afterEach, expect, test, vi } from 'vitest';
import { mapGroupNameSchema } from '../../../src-main/contract/surface-maps.ts';
import { fieldInfo, fieldTile } from '../../../tests/fixtures/surface-maps.ts';
import { withCardRange } from './cardRange.ts';

afterEach(() => vi.unstubAllGlobals());

const info = fieldInfo(900, 1200, 0.1);
const card = { minX: 100, minY: 100, maxX: 799, maxY: 1099 };
/** 40 um up and 10 um down on the card, half a millimetre on the mat, nothing known at its middle. */
const height = (x: number, y: number) => {
  if (x < 105 || x > 795 || y < 105 || y > 1095) return 0.5;
  if (Math.hypot(x - 450, y - 600) < 30) return Number.NaN;
  return x < 450 ? 0.04 : -0.01;
};

function serveTiles(value: (x: number, y: number) => number): void {
  vi.stubGlobal('fetch', async (address: string) => {
    const [, , , kind, level, place = ''] = address.split('/');
    const [col = 0, row = 0] = place.split('_').map(Number);
    const field = (_: string, x: number, y: number) => [value(x, y)];
    return new Response(
      new Uint8Array(fieldTile(info, field, mapGroupNameSchema.parse(kind), Number(level), col, row)),
    );
  });
}
const signal = () => new AbortController().signal;
const shown = (found: typeof info) => {
  const plane = found.groups.find(({ name }) => name === 'height')?.planes[0];
  return [plane?.low, plane?.high];
};

test('the mat does not widen the range, unknown pixels do not count, zero keeps its colour', async () => {
  serveTiles(height);
  const [low = 0, high = 0] = shown(await withCardRange('m', info, card, signal()));
  expect(high).toBeCloseTo(0.04, 4);
  expect(low).toBe(-high);
});

test('without a card, or without any height on it, the suggested range stays', async () => {
  serveTiles(() => Number.NaN);
  expect(await withCardRange('m', info, null, signal())).toBe(info);
  expect(shown(await withCardRange('m', info, card, signal()))).toEqual(shown(info));
});

test('tiles that cannot be had are told', async () => {
  vi.stubGlobal('fetch', async () => new Response(null, { status: 500 }));
  await expect(withCardRange('m', info, card, signal())).rejects.toThrow('500');
});
