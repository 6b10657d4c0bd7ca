/** What is read off a profile. */
import { describe, expect, test } from 'vitest';
import { baselineOf, insideImage, movedLine, profileCsv, readProfile, roundLength } from './profile.ts';

/** A dent of 20 um in a slope of 50 um, 101 samples. */
const tilted = Array.from({ length: 101 }, (_, i) => 0.01 + (0.05 * i) / 100 - 0.02 * Math.exp(-(((i - 50) / 8) ** 2)));

describe('profile', () => {
  test('the depth is measured from the straight line through the undamaged ends', () => {
    const reading = readProfile(tilted, true);
    expect(reading?.depth).toBeCloseTo(0.02, 4);
    expect(reading?.rise).toBeLessThan(1e-4);
    expect(reading?.lowestAt).toBe(50);
  });

  test('without levelling extremes are as they are', () => {
    const reading = readProfile(tilted, false);
    expect(reading?.lowest).toBeCloseTo(Math.min(...tilted), 12);
    expect(reading?.highest).toBeCloseTo(0.06, 9);
  });

  test('gaps are left out, and a profile without any value reads nothing', () => {
    const gaps = tilted.map((value, i) => ((i > 40 && i < 45) || i < 5 ? null : value));
    expect(readProfile(gaps, true)?.depth).toBeCloseTo(0.02, 4);
    expect(readProfile([null, null], true)).toBeNull();
    expect(readProfile([0.5], true)?.depth).toBe(0);
    expect(baselineOf([null])).toEqual({ level: 0, slope: 0 });
  });

  test('the line is moved by an end or as a whole and stays inside the image', () => {
    const line = { from: { xPx: 5, yPx: 5 }, to: { xPx: 9, yPx: 9 } };
    expect(movedLine(line, 'to', 2, -1)).toEqual({ from: line.from, to: { xPx: 11, yPx: 8 } });
    expect(movedLine(line, 'both', 1, 1)).toEqual({ from: { xPx: 6, yPx: 6 }, to: { xPx: 10, yPx: 10 } });
    expect(insideImage({ xPx: -3, yPx: 99 }, { widthPx: 50, heightPx: 40 })).toEqual({ xPx: 0, yPx: 39 });
  });

  test('as comma-separated values with units in the heading and gaps left empty', () => {
    const profile = { plane: 'height' as const, unit: 'mm', lengthPx: 4, lengthMm: 0.2, values: [0.001, null, -0.002] };
    const line = { from: { xPx: 10, yPx: 20 }, to: { xPx: 14, yPx: 20 } };
    expect(profileCsv(profile, line, 1000, 'µm')).toBe(
      'distance_mm,x_px,y_px,height_um\n0,10,20,1\n0.1,12,20,\n0.2,14,20,-2\n',
    );
  });

  test('round lengths for scale bars', () => {
    expect([0.7, 1, 1.9, 4.99, 73, 0.034, 0].map(roundLength).map((v) => Number(v.toPrecision(6)))).toEqual([
      0.5, 1, 1, 2, 50, 0.02, 0,
    ]);
  });
});
