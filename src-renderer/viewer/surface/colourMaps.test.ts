/** Colour maps against their published values, and even in lightness. */
import { describe, expect, test } from 'vitest';
import { type ColourMapName, colourTable, cssColour, diverging, labOf } from './colourMaps.ts';

const colour = (name: ColourMapName, i: number) => [...colourTable(name).slice(4 * i, 4 * i + 3)];
const lightness = (name: ColourMapName) =>
  Array.from({ length: 256 }, (_, i) => {
    const [r = 0, g = 0, b = 0] = colour(name, i);
    return labOf([r, g, b])[0];
  });

describe('colour maps', () => {
  test('the ends are those of the published tables', () => {
    expect(colour('viridis', 0)).toEqual([68, 1, 84]);
    expect(colour('viridis', 255)).toEqual([253, 231, 37]);
    expect(colour('inferno', 255)).toEqual([252, 255, 164]);
    expect(colour('cividis', 0)).toEqual([0, 32, 77]);
  });

  test('viridis passes near its published middle (33, 145, 140)', () => {
    for (const [i, value] of [33, 145, 140].entries())
      expect(Math.abs((colour('viridis', 128)[i] ?? 0) - value)).toBeLessThan(5);
  });

  test('blue to red goes through the colours that Moreland published', () => {
    const published: readonly (readonly [number, readonly [number, number, number]])[] = [
      [0, [59, 76, 192]],
      [0.25, [141, 176, 254]],
      [0.5, [221, 221, 221]],
      [0.75, [244, 152, 122]],
      [1, [180, 4, 38]],
    ];
    for (const [place, wanted] of published)
      for (const [i, value] of wanted.entries())
        expect(Math.abs((diverging(place)[i] ?? 0) - value)).toBeLessThanOrEqual(3);
  });

  test.each(['viridis', 'cividis', 'inferno', 'grey'] as const)('%s only gets lighter, in even steps', (name) => {
    const values = lightness(name);
    const steps = values.slice(1).map((value, i) => value - (values[i] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(-0.35);
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    // Over any sixteenth of the map, what eight-bit rounding does to single steps averages out.
    for (let i = 0; i + 16 <= steps.length; i += 16) {
      const part = steps.slice(i, i + 16).reduce((sum, step) => sum + step, 0) / 16;
      expect(part).toBeGreaterThan(0.3 * mean);
      expect(part).toBeLessThan(2 * mean);
    }
  });

  test('beyond the range the end colours stay', () => {
    const table = colourTable('grey');
    expect([-1, 0, 1, 7].map((place) => cssColour(table, place))).toEqual([
      'rgb(0 0 0)',
      'rgb(0 0 0)',
      'rgb(255 255 255)',
      'rgb(255 255 255)',
    ]);
  });
});
