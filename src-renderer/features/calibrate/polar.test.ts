/** Angles of lights in the image's frame: x right, y down, z to the camera. */
import { expect, test } from 'vitest';
import { anglesOf, placeOf } from './polar.ts';

test('angles follow the image: x right, y down, so that a light below in the picture stands at 90 degrees', () => {
  expect(anglesOf([1, 0, 0])).toEqual({ azimuthDeg: 0, elevationDeg: 0 });
  expect(anglesOf([0, 1, 1])).toEqual({ azimuthDeg: 90, elevationDeg: 45 });
  expect(anglesOf([0, -2, 0]).azimuthDeg).toBe(270);
  expect(anglesOf([0, 0, 3]).elevationDeg).toBe(90);
});

test('the middle of the plot is straight above, the rim the plane, and what lies lower stays on the rim', () => {
  expect(placeOf([0, 0, 1], 90)).toEqual([0, 0]);
  const [x, y] = placeOf([0, 1, 1], 90);
  expect([x, y].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([0, 45]);
  expect(placeOf([1, 0, 0], 90)).toEqual([90, 0]);
  expect(placeOf([1, 0, -1], 90)[0]).toBeCloseTo(90, 9);
});
