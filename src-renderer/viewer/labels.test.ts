/** Width labels do not cover each other. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LabelRequest, overlaps, placeLabels, spread } from './labels.ts';

describe('spread', () => {
  test('positions far enough apart stay where they are', () => {
    expect(spread([0, 50, 100], 20)).toEqual([0, 50, 100]);
  });

  test('two that collide give way by the same amount', () => {
    expect(spread([10, 10], 20)).toEqual([0, 20]);
  });

  test('a crowd is centred on its mean, and a neighbour that is pushed joins it', () => {
    expect(spread([0, 1, 2, 25], 10)).toEqual([-9, 1, 11, 25]);
    expect(spread([0, 1, 2, 15], 10)).toEqual([-10.5, -0.5, 9.5, 19.5]);
  });

  test('order and spacing hold for any positions', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { maxLength: 12 }), (positions) => {
        const placed = spread(
          [...positions].sort((a, b) => a - b),
          18,
        );
        for (let at = 1; at < placed.length; at += 1) {
          expect((placed[at] ?? 0) - (placed[at - 1] ?? 0)).toBeGreaterThan(18 - 1e-6);
        }
      }),
    );
  });
});

describe('labels around a card', () => {
  const options = { width: 46, height: 18, distance: 14, gap: 3, area: { x: 0, y: 0, width: 1200, height: 900 } };

  test('all 24 are shown and none covers another, at every size from a thumbnail to far beyond the view', () => {
    for (const height of [160, 240, 400, 600, 780]) {
      const placed = placeLabels(stations(600, 450, height * 0.714, height), options);
      expect(placed).toHaveLength(24);
      expect(anyOverlap(placed)).toBe(false);
    }
    for (const height of [1500, 4000, 20_000]) {
      expect(anyOverlap(placeLabels(stations(600, 450, height * 0.714, height), options))).toBe(false);
    }
  });

  test('labels stay inside the view, anchors outside it have none', () => {
    const placed = placeLabels(stations(0, 450, 500, 700), options);
    expect(placed.every(({ id }) => !id.startsWith('left'))).toBe(true);
    expect(placed.length).toBeGreaterThan(0);
    for (const { x, y, width, height } of placed) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(1200);
      expect(y + height).toBeLessThanOrEqual(900);
    }
  });
});

function stations(centreX: number, centreY: number, width: number, height: number): readonly LabelRequest[] {
  const along = (count: number) => Array.from({ length: count }, (_, at) => (at + 1) / (count + 1) - 0.5);
  return [
    ...along(7).flatMap((share, at): LabelRequest[] => [
      { id: `left-${at}`, side: 'left', anchor: { x: centreX - width / 2, y: centreY + share * height } },
      { id: `right-${at}`, side: 'right', anchor: { x: centreX + width / 2, y: centreY + share * height } },
    ]),
    ...along(5).flatMap((share, at): LabelRequest[] => [
      { id: `top-${at}`, side: 'top', anchor: { x: centreX + share * width, y: centreY - height / 2 } },
      { id: `bottom-${at}`, side: 'bottom', anchor: { x: centreX + share * width, y: centreY + height / 2 } },
    ]),
  ];
}

function anyOverlap(labels: ReturnType<typeof placeLabels>): boolean {
  return labels.some((a, at) => labels.slice(at + 1).some((b) => overlaps(a, b)));
}
