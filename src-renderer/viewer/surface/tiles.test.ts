/** Which tiles a view needs, and where in them a place lies. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ancestor, levelFor, onCard, shownRect, texturePlace, tileRect, tilesIn } from './tiles.ts';

/** 1903 x 2534 has levels 0 to 12; level 10 (476 x 634) needs two tiles, so 9 is the first of one. */
const grid = { widthPx: 1903, heightPx: 2534, tilePx: 512, levels: 13, firstLevel: 9 } as const;

describe('tiles', () => {
  test('a texel is at most as large as a pixel of the screen', () => {
    expect([4, 1, 0.51, 0.5, 0.26, 0.125, 0.01].map((scale) => levelFor(grid, scale))).toEqual([
      12, 12, 12, 11, 11, 9, 9,
    ]);
  });

  test('the tiles under a view cover all of the image that it shows, and touch it', () => {
    const size = { width: 800, height: 600 };
    const view = fc.record({
      scale: fc.double({ min: 0.05, max: 8, noNaN: true }),
      offsetX: fc.integer({ min: -9000, max: 900 }),
      offsetY: fc.integer({ min: -9000, max: 700 }),
    });
    fc.assert(
      fc.property(
        view,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (v, sx, sy) => {
          const level = levelFor(grid, v.scale);
          const [x, y] = [(sx * size.width - v.offsetX) / v.scale, (sy * size.height - v.offsetY) / v.scale];
          const rects = tilesIn(grid, level, shownRect(grid, v, size)).map((tile) => tileRect(grid, tile));
          const inside = x > 0 && y > 0 && x < grid.widthPx && y < grid.heightPx;
          const over = rects.filter((r) => x >= r.x0 && x <= r.x1 && y >= r.y0 && y <= r.y1);
          if (inside && over.length === 0) return false;
          return rects.every(
            (r) =>
              r.x1 * v.scale + v.offsetX >= -1e-6 &&
              r.x0 * v.scale + v.offsetX <= size.width + 1e-6 &&
              r.y1 * v.scale + v.offsetY >= -1e-6 &&
              r.y0 * v.scale + v.offsetY <= size.height + 1e-6,
          );
        },
      ),
    );
  });

  test('beside the image there are no tiles', () => {
    const rect = shownRect(grid, { scale: 1, offsetX: 5000, offsetY: 0 }, { width: 800, height: 600 });
    expect(tilesIn(grid, 12, rect)).toEqual([]);
  });

  test('the middle of the view comes first', () => {
    const [first] = tilesIn(grid, 12, { x0: 0, y0: 0, x1: 1903, y1: 2534 });
    expect(first).toEqual({ level: 12, col: 1, row: 2 });
  });

  test('a place has the same colour in a tile and in the tile above it', () => {
    // Image px (700, 1300): tile 1_2 of full size holds it at texel (188, 276), its parent 0_1 at half of (700, 276).
    const tile = { level: 12, col: 1, row: 2 };
    const place = texturePlace(grid, tile, 512, 512);
    expect((700 * place.scaleX + place.offsetX) * 512).toBeCloseTo(188, 9);
    expect((1300 * place.scaleY + place.offsetY) * 512).toBeCloseTo(276, 9);
    const parent = ancestor(tile, 1);
    expect(parent).toEqual({ level: 11, col: 0, row: 1 });
    const above = texturePlace(grid, parent, 512, 512);
    expect((700 * above.scaleX + above.offsetX) * 512).toBeCloseTo(350, 9);
    expect((1300 * above.scaleY + above.offsetY) * 512).toBeCloseTo(1300 / 2 - 512, 9);
  });

  test('tiles at the border end with the image', () => {
    expect(tileRect(grid, { level: 12, col: 3, row: 4 })).toEqual({ x0: 1536, y0: 2048, x1: 1903, y1: 2534 });
    const place = texturePlace(grid, { level: 12, col: 3, row: 4 }, 367, 486);
    expect(1903 * place.scaleX + place.offsetX).toBeCloseTo(1, 9);
  });

  test('what lies beside the card is left out, unless nothing would stay', () => {
    const part = { x0: 0, y0: 0, x1: 100, y1: 100 };
    const cut = onCard(part, { minX: 9.5, minY: 19.5, maxX: 300, maxY: 59.5 });
    expect(cut).toEqual({ x0: 10, y0: 20, x1: 100, y1: 60 });
    expect(onCard(part, { minX: 200, minY: 0, maxX: 300, maxY: 60 })).toBe(part);
    expect(onCard(part, null)).toBe(part);
  });
});
