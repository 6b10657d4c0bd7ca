/** Geometry of the three-dimensional view. */
import { describe, expect, test } from 'vitest';
import {
  cameraMatrix,
  heightStats,
  orbitByKey,
  pointGrid,
  startExaggeration,
  startOrbit,
  transformed,
  triangles,
} from './terrain.ts';

const grid = { widthPx: 1903, heightPx: 2534, tilePx: 512, levels: 13, firstLevel: 9 } as const;

describe('points', () => {
  test('a small part is taken at full resolution, a large one as fine as the limit allows', () => {
    expect(pointGrid(grid, { x0: 600, y0: 700.5, x1: 1000, y1: 1100 })).toEqual({
      ...{ level: 12, col: 600, row: 700, width: 400, height: 400, stepPx: 1 },
    });
    const whole = pointGrid(grid, { x0: 0, y0: 0, x1: 1903, y1: 2534 });
    expect(whole).toEqual({ level: 9, col: 0, row: 0, width: 238, height: 317, stepPx: 8 });
  });

  test('however small the part, there are two by two points inside the image', () => {
    const { col, row, width, height } = pointGrid(grid, { x0: 1902.9, y0: 2533.9, x1: 1903, y1: 2534 });
    expect([col, row, width, height]).toEqual([1901, 2532, 2, 2]);
  });

  test('cells with an unknown corner have no triangles', () => {
    expect(triangles(3, 3, () => true)).toHaveLength(24);
    expect([...triangles(3, 2, (i) => i !== 2)]).toEqual([0, 3, 1, 1, 3, 4]);
  });

  test('range and mean leave out what is unknown', () => {
    expect(heightStats(Float32Array.of(Number.NaN))).toBeNull();
    const stats = heightStats(Float32Array.from({ length: 1001 }, (_, i) => (i === 7 ? Number.NaN : i / 1000)));
    expect(stats?.mean).toBeCloseTo(0.5, 2);
    expect(stats?.low).toBeCloseTo(0.005, 2);
    expect(startExaggeration({ low: 0, high: 0.02, mean: 0 }, 16)).toBe(100);
    expect(startExaggeration({ low: 0, high: 0, mean: 0 }, 16)).toBe(1);
  });
});

describe('camera', () => {
  test('from straight above the picture is as on the screen: right is right, down is down, high is near', () => {
    const above = cameraMatrix({ yawDeg: 0, pitchDeg: 90, distance: 3 }, 1);
    const [x0, y0] = transformed(above, 0, 0, 0);
    expect([x0, y0]).toEqual([expect.closeTo(0, 9), expect.closeTo(0, 9)]);
    expect(transformed(above, 0.5, 0, 0)[0]).toBeGreaterThan(0.1);
    expect(transformed(above, 0, 0.5, 0)[1]).toBeLessThan(-0.1);
    expect(transformed(above, 0, 0, 0.2)[2]).toBeLessThan(transformed(above, 0, 0, 0)[2]);
  });

  test('from the side high points are up on the screen, and the near edge is in front', () => {
    const low = cameraMatrix({ yawDeg: 0, pitchDeg: 10, distance: 3 }, 1.5);
    expect(transformed(low, 0, 0, 0.2)[1]).toBeGreaterThan(transformed(low, 0, 0, 0)[1]);
    expect(transformed(low, 0, 0.5, 0)[2]).toBeLessThan(transformed(low, 0, -0.5, 0)[2]);
  });

  test('the whole part is in sight at the start, in wide and in tall views, however it is turned', () => {
    for (const aspect of [0.5, 1, 2])
      for (let yawDeg = 0; yawDeg < 360; yawDeg += 30)
        for (const [x, y] of [
          [0.6, 0.8],
          [-0.6, 0.8],
          [0.6, -0.8],
          [-0.6, -0.8],
        ] as const) {
          const [sx, sy] = transformed(cameraMatrix({ ...startOrbit, yawDeg }, aspect), x, y, 0);
          expect(Math.abs(sx)).toBeLessThan(1);
          expect(Math.abs(sy)).toBeLessThan(1);
        }
  });

  test('keys turn, tilt, zoom and reset within their limits', () => {
    expect(orbitByKey(startOrbit, 'ArrowRight')?.yawDeg).toBe(30);
    expect(orbitByKey({ ...startOrbit, pitchDeg: 88 }, 'ArrowUp')?.pitchDeg).toBe(90);
    expect(orbitByKey({ ...startOrbit, distance: 0.5 }, '+')?.distance).toBe(0.5);
    expect(orbitByKey({ yawDeg: 1, pitchDeg: 2, distance: 3 }, '0')).toEqual(startOrbit);
    expect(orbitByKey(startOrbit, 'q')).toBeNull();
  });
});
