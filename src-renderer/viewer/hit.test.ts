/** What lies under the pointer. */
import { describe, expect, test } from 'vitest';
import { distanceToPolygon, distanceToSegment, hitTest, nearestPoint, pointInPolygon, polygonArea } from './hit.ts';
import type { Scene } from './scene.ts';

const square = [
  { x: 0, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 10 },
  { x: 0, y: 10 },
];
/** A square with a notch cut from the top down to y = 6 between x = 4 and x = 6. */
const notched = [
  { x: 0, y: 0 },
  { x: 4, y: 0 },
  { x: 4, y: 6 },
  { x: 6, y: 6 },
  { x: 6, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 10 },
  { x: 0, y: 10 },
];

describe('point in polygon', () => {
  test('inside, outside, and in the notch of a concave one', () => {
    expect(pointInPolygon({ x: 5, y: 5 }, square)).toBe(true);
    expect(pointInPolygon({ x: 11, y: 5 }, square)).toBe(false);
    expect(pointInPolygon({ x: 5, y: 3 }, notched)).toBe(false);
    expect(pointInPolygon({ x: 5, y: 7 }, notched)).toBe(true);
    expect(pointInPolygon({ x: 2, y: 3 }, notched)).toBe(true);
  });

  test('nothing lies in an empty polygon', () => {
    expect(pointInPolygon({ x: 0, y: 0 }, [])).toBe(false);
    expect(distanceToPolygon({ x: 0, y: 0 }, [])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('distances', () => {
  test('to the middle, past the end, and to a segment of no length', () => {
    expect(distanceToSegment({ x: 5, y: 3 }, { x: 0, y: 0 }, { x: 10, y: 0 })).toBe(3);
    expect(distanceToSegment({ x: 13, y: 4 }, { x: 0, y: 0 }, { x: 10, y: 0 })).toBe(5);
    expect(distanceToSegment({ x: 3, y: 4 }, { x: 0, y: 0 }, { x: 0, y: 0 })).toBe(5);
  });

  test('inside a polygon is no distance at all', () => {
    expect(distanceToPolygon({ x: 5, y: 5 }, square)).toBe(0);
    expect(distanceToPolygon({ x: 14, y: 5 }, square)).toBe(4);
  });

  test('the area does not depend on the sense of rotation', () => {
    expect(polygonArea(square)).toBe(100);
    expect(polygonArea([...notched].reverse())).toBe(88);
  });

  test('the nearest point within reach, or none', () => {
    expect(nearestPoint({ x: 1, y: 1 }, square, 5)).toBe(0);
    expect(nearestPoint({ x: 5, y: 5 }, square, 5)).toBe(-1);
  });
});

describe('hit test', () => {
  const view = { scale: 2, offsetX: -1, offsetY: -1 };
  const scene: Scene = {
    points: [
      { id: 'left-1', side: 'left', index: 1, outer: { xPx: 5, yPx: 5 }, border: null, label: '', measured: false },
    ],
    corners: [],
    outerEdge: [],
    graphicBorder: [],
    defects: [
      { id: 'large', number: 1, kind: 'stain', polygon: box(0, 0, 100, 100) },
      { id: 'small', number: 2, kind: 'dent', polygon: box(40, 40, 50, 50) },
    ],
  };
  const all = { points: true, defects: true, reach: 10 };

  test('a point wins over the region it lies in', () => {
    expect(hitTest(scene, view, { x: 12, y: 12 }, all)).toEqual({ kind: 'point', id: 'left-1' });
    expect(hitTest(scene, view, { x: 12, y: 12 }, { ...all, points: false })).toEqual({ kind: 'defect', id: 'large' });
  });

  test('a small region wins over the large one around it', () => {
    expect(hitTest(scene, view, { x: 90, y: 90 }, all)).toEqual({ kind: 'defect', id: 'small' });
    expect(hitTest(scene, view, { x: 150, y: 150 }, all)).toEqual({ kind: 'defect', id: 'large' });
  });

  test('what is not shown cannot be hit', () => {
    expect(hitTest(scene, view, { x: 90, y: 90 }, { ...all, defects: false })).toBeNull();
  });
});

function box(x0: number, y0: number, x1: number, y1: number) {
  return [
    { xPx: x0, yPx: y0 },
    { xPx: x1, yPx: y0 },
    { xPx: x1, yPx: y1 },
    { xPx: x0, yPx: y1 },
  ];
}
