/** Where the light is, by pointer, key, preset and finding. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directionOf, lightAt, lightByKey, lightsOf, placeOnDisc, presets, rakingAcross } from './light.ts';
import { shaderLights } from './settings.ts';

const near = (a: readonly number[], b: readonly number[]) => {
  for (const [i, value] of b.entries()) expect(a[i]).toBeCloseTo(value, 9);
};

describe('light', () => {
  test('azimuth 0 is the top of the image, 90 its right, elevation 90 above', () => {
    near(directionOf({ azimuthDeg: 0, elevationDeg: 0 }), [0, -1, 0]);
    near(directionOf({ azimuthDeg: 90, elevationDeg: 0 }), [1, 0, 0]);
    near(directionOf({ azimuthDeg: 270, elevationDeg: 60 }), [-0.5, 0, Math.sqrt(3) / 2]);
    near(directionOf({ azimuthDeg: 123, elevationDeg: 90 }), [0, 0, 1]);
  });

  test('a place on the disc and the light there are each other’s inverse', () => {
    const inside = fc.record({
      azimuthDeg: fc.double({ min: 0, max: 359.9, noNaN: true }),
      elevationDeg: fc.double({ min: 3, max: 88, noNaN: true }),
    });
    fc.assert(
      fc.property(inside, (light) => {
        const { x, y } = placeOnDisc(light);
        const back = lightAt(x, y, { azimuthDeg: 0, elevationDeg: 0 });
        near(directionOf(back), directionOf(light));
      }),
    );
  });

  test('dragged beyond the rim the light rakes, at the centre it keeps its azimuth', () => {
    expect(lightAt(5, 0, { azimuthDeg: 10, elevationDeg: 40 })).toEqual({ azimuthDeg: 90, elevationDeg: 3 });
    expect(lightAt(0, 0, { azimuthDeg: 10, elevationDeg: 40 })).toEqual({ azimuthDeg: 10, elevationDeg: 90 });
  });

  test('keys turn around the whole circle and stop at the horizon and above', () => {
    const low = { azimuthDeg: 355, elevationDeg: 4 };
    expect(lightByKey(low, 'ArrowRight', false)).toEqual({ azimuthDeg: 5, elevationDeg: 4 });
    expect(lightByKey(low, 'ArrowDown', false)).toEqual({ azimuthDeg: 355, elevationDeg: 3 });
    expect(lightByKey({ ...low, elevationDeg: 88 }, 'ArrowUp', false)?.elevationDeg).toBe(90);
    expect(lightByKey(low, 'ArrowLeft', true)?.azimuthDeg).toBe(354);
    expect(lightByKey(low, 'x', false)).toBeNull();
  });

  test('a ring has the same light from all around: its mean is from above', () => {
    const ring = lightsOf(presets.ring, true);
    expect(ring).toHaveLength(8);
    near(
      [0, 1, 2].map((i) => ring.reduce((sum, direction) => sum + (direction[i] ?? 0), 0) / ring.length),
      [0, 0, Math.sin((25 * Math.PI) / 180)],
    );
  });

  test('a near light stands at its distance in pixels; without a scale it is a far one', () => {
    const light = { light: { azimuthDeg: 90, elevationDeg: 30 }, ring: false, distanceMm: 100 };
    const { near: isNear, distancePx, vectors } = shaderLights(light, 0.05);
    expect(isNear).toBe(true);
    expect(distancePx).toBeCloseTo(2000, 9);
    near(vectors[0] ?? [], [2000 * Math.cos(Math.PI / 6), 0, 1000]);
    expect(shaderLights(light, null).near).toBe(false);
  });

  test('a scratch is lit across its length, from the upper left where there is a choice', () => {
    const line = (dx: number, dy: number) =>
      Array.from({ length: 9 }, (_, i) => ({ xPx: 100 + i * dx, yPx: 50 + i * dy }));
    expect(rakingAcross(line(10, 0)).azimuthDeg).toBeCloseTo(0, 6);
    expect(rakingAcross(line(0, 10)).azimuthDeg).toBeCloseTo(270, 6);
    // Up to the right: across it is from the upper left. Down to the right: from either side, as far from the left.
    expect(rakingAcross(line(5, -5)).azimuthDeg).toBeCloseTo(315, 6);
    expect([45, 225]).toContainEqual(Math.round(rakingAcross(line(5, 5)).azimuthDeg));
    expect(rakingAcross([]).elevationDeg).toBe(12);
  });
});
