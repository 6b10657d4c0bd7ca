/** Screen and image coordinates. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxAround, growBox, roomyBox, svgMatrix, toImage, toScreen, transformFromBounds } from './transform.ts';

describe('view transform', () => {
  test('the centre of the first pixel lies half a pixel inside the image', () => {
    const view = transformFromBounds({ x: 0, y: 0, width: 1 }, 400, 100);
    expect(view.scale).toBe(4);
    expect(toScreen(view, { xPx: 0, yPx: 0 })).toEqual({ x: 2, y: 2 });
    expect(toScreen(view, { xPx: -0.5, yPx: -0.5 })).toEqual({ x: 0, y: 0 });
  });

  test('a panned and zoomed view shows the pixel that lies at its left edge there', () => {
    const view = transformFromBounds({ x: 0.25, y: 0.5, width: 0.5 }, 800, 1000);
    expect(toScreen(view, { xPx: 249.5, yPx: 499.5 })).toEqual({ x: 0, y: 0 });
  });

  test('to the screen and back is where one began', () => {
    const finite = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(finite, finite, fc.double({ min: 0.01, max: 64, noNaN: true }), finite, (xPx, yPx, scale, offset) => {
        const view = { scale, offsetX: offset, offsetY: -offset };
        const back = toImage(view, toScreen(view, { xPx, yPx }));
        expect(back.xPx).toBeCloseTo(xPx, 5);
        expect(back.yPx).toBeCloseTo(yPx, 5);
      }),
    );
  });

  test('the matrix for drawn shapes says the same as the function for points', () => {
    const view = { scale: 3, offsetX: 10, offsetY: -20 };
    const [a, , , d, e, f] = svgMatrix(view).slice('matrix('.length, -1).split(' ').map(Number);
    const point = toScreen(view, { xPx: 7, yPx: 11 });
    expect(7 * (a ?? 0) + (e ?? 0)).toBeCloseTo(point.x, 9);
    expect(11 * (d ?? 0) + (f ?? 0)).toBeCloseTo(point.y, 9);
  });
});

describe('boxes', () => {
  test('around no points there is none', () => {
    expect(boxAround([])).toBeNull();
  });

  test('a small thing gets surroundings of the least size, centred', () => {
    const box = growBox({ minX: 10, maxX: 12, minY: 20, maxY: 20 }, 0.5, 100);
    expect(box).toEqual({ minX: -39, maxX: 61, minY: -30, maxY: 70 });
  });

  test('the card is shown with the asked-for room in screen pixels around it', () => {
    const box = { minX: 100, maxX: 700, minY: 50, maxY: 890 };
    const size = { width: 900, height: 700 };
    const shown = roomyBox(box, size, { x: 70, y: 40 });
    const scale = size.width / (shown.maxX - shown.minX);
    expect((box.minX - shown.minX) * scale).toBeGreaterThanOrEqual(70 - 1e-9);
    expect((box.minY - shown.minY) * scale).toBeCloseTo(40, 9);
    expect((shown.maxY - shown.minY) * scale).toBeCloseTo(size.height, 9);
  });
});
