import { describe, expect, test } from 'vitest';
import type { MeasuredPoint, Measurement, Side } from '../../contract/index.ts';
import { sides } from '../../contract/index.ts';
import { answered, bordersCheck, sidesInQuestion, withoutBorders } from './index.ts';

const measuredSides: readonly Side[] = ['top', 'bottom'];
const has = (side: Side) => measuredSides.includes(side);
const each = <T>(of: (side: Side) => T) => ({
  left: of('left'),
  right: of('right'),
  top: of('top'),
  bottom: of('bottom'),
});

/** A card with a boundary at top and bottom only, 3 and 5 mm in. */
const first: Measurement = {
  pixelPitchMm: 0.04,
  points: sides.flatMap((edge) =>
    Array.from({ length: edge === 'left' || edge === 'right' ? 7 : 5 }, (_, i): MeasuredPoint => {
      const widthMm = has(edge) ? (edge === 'top' ? 3 : 5) : null;
      return {
        edge,
        index: i + 1,
        widthMm,
        uncertaintyMm: widthMm && 0.01,
        widthPx: widthMm && widthMm / 0.04,
        uncertaintyPx: widthMm && 0.25,
        status: widthMm === null ? 'noBorder' : 'ok',
        method: widthMm === null ? 'none' : 'erf',
        outer: null,
        border: null,
      };
    }),
  ),
  meanMm: { left: null, right: null, top: 3, bottom: 5 },
  meanPx: { left: null, right: null, top: 75, bottom: 125 },
  sides: each((side) =>
    has(side) ? { measured: true, frame: 'inQuestion' } : { measured: false, reason: 'no border' },
  ),
  centering: {
    leftRight: null,
    topBottom: [37.5, 62.5],
    uncertaintyPp: 0.2,
    leftRightUncertaintyPp: null,
    topBottomUncertaintyPp: 0.2,
    worstStation: { axis: 'topBottom', index: 1, ratio: [37.5, 62.5] },
  },
  sizeMm: { width: 63.5, height: 88.9 },
  sizePx: { width: 1587.5, height: 2222.5 },
  cardAngleDeg: 0,
  printTiltDeg: 0.1,
  outline: {
    corners: Array.from({ length: 4 }, () => ({ xPx: 0, yPx: 0 })),
    cornerRadiusPx: null,
    edges: each(() => []),
    border: each((side) => (has(side) ? [{ xPx: 0, yPx: 0 }] : null)),
  },
};

describe('a boundary that may be a bar of the design', () => {
  test('is asked about by name', () => {
    expect(sidesInQuestion(first.sides)).toEqual(['top', 'bottom']);
    expect(bordersCheck(first.sides)).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(/^top and bottom/),
    });
  });

  test('called a bar, every number that stood on it is gone, and nothing else', () => {
    const bar = answered(first, 'bar');
    expect(bar.points.filter((p) => p.widthMm !== null || p.widthPx !== null)).toEqual([]);
    expect(bar.points).toHaveLength(24);
    expect(bar.centering).toMatchObject({ topBottom: null, uncertaintyPp: null, worstStation: null });
    expect(bar.meanMm).toEqual({ left: null, right: null, top: null, bottom: null });
    expect(bar.printTiltDeg).toBeNull();
    expect(bar.outline.border).toEqual({ left: null, right: null, top: null, bottom: null });
    expect(bar.sides.top).toMatchObject({
      measured: false,
      frame: 'declined',
      reason: expect.stringContaining('person'),
    });
    expect(bar.sides.left).toEqual(first.sides.left);
    expect(bar.sizeMm).toEqual(first.sizeMm);
    expect(bordersCheck(bar.sides)).toBeNull();
  });

  test('called a border, it stays as measured and asks no more', () => {
    const border = answered(first, 'border');
    expect(border.points).toEqual(first.points);
    expect(border.centering).toEqual(first.centering);
    expect(border.sides.bottom).toEqual({ measured: true, frame: 'confirmed' });
    expect(bordersCheck(border.sides)).toBeNull();
  });

  test('an answer taken back asks again', () => {
    expect(answered(first, null)).toEqual(first);
  });
});

test('widths of one side taken back leave the other axis and the tilt', () => {
  const full: Measurement = {
    ...first,
    sides: each(() => ({ measured: true })),
    centering: { ...first.centering, leftRight: [50, 50], leftRightUncertaintyPp: 0.1 },
  };
  const left = withoutBorders(full, { top: { reason: 'a bar' } });
  expect(left.centering).toMatchObject({ leftRight: [50, 50], topBottom: null, uncertaintyPp: 0.1 });
  expect(left.printTiltDeg).toBe(0.1);
  expect(left.meanMm).toMatchObject({ top: null, bottom: 5 });
});
