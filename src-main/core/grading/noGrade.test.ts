import { describe, expect, it } from 'vitest';
import type { Centering, Measurement } from '../../contract/index.ts';
import { gradeCard } from './card.ts';
import { findStandard, gradeSide } from './index.ts';
import { noGradeOf } from './noGrade.ts';

const sizes = (width: number, height: number) => ({ width, height });
const corner = { score: null, angleDeg: 90, radiusMm: 3, missingAreaMm2: 0, frayMm: 0, whiteningMm2: 0 };
const edge = { score: null, chippingMm2: 0, longestChipMm: 0, whiteningMm: 0, frayMm: 0 };
const even: Centering = {
  leftRight: [50, 50],
  topBottom: [50, 50],
  uncertaintyPp: 0,
  leftRightUncertaintyPp: 0,
  topBottomUncertaintyPp: 0,
  worstStation: null,
};

function measured(sizeMm: { width: number; height: number } | null, widthMm: number | null = 3): Measurement {
  const none = { left: null, right: null, top: null, bottom: null };
  const found = {
    left: { measured: true },
    right: { measured: true },
    top: { measured: true },
    bottom: { measured: true },
  };
  const corners = Array.from({ length: 4 }, () => ({ xPx: 0, yPx: 0 }));
  const point = {
    widthPx: 75,
    uncertaintyMm: 0.01,
    uncertaintyPx: 0.2,
    status: 'ok',
    method: 'erf',
    outer: null,
    border: null,
  };
  const at = (index: number) => ({ ...point, edge: 'left' as const, index, widthMm: index === 4 ? widthMm : 3 });
  return {
    pixelPitchMm: 0.04,
    points: [1, 2, 3, 4, 5, 6, 7].map(at),
    meanMm: none,
    meanPx: none,
    sides: found,
    centering: even,
    sizeMm,
    sizePx: sizes(1587, 2222),
    cardAngleDeg: 0,
    printTiltDeg: 0,
    outline: { corners, cornerRadiusPx: 75, edges: { left: [], right: [], top: [], bottom: [] }, border: none },
  };
}

const evidence = (measurement: Measurement) => ({
  side: 'front' as const,
  measurement,
  corners: { topLeft: corner, topRight: corner, bottomRight: corner, bottomLeft: corner },
  edges: { left: edge, right: edge, top: edge, bottom: edge },
  surface: { defects: [], judgedFraction: 1, foilFraction: 0, notes: [] },
});

describe('no-grade codes from measurements', () => {
  it('gives none to the common sizes, cards a little under them, and cards of no known scale', () => {
    for (const [w, h] of [
      [63.5, 88.9],
      [62.87, 87.88],
      [63, 88],
      [59, 86],
      [63.1, 88.3],
    ] as const)
      expect(noGradeOf(measured(sizes(w, h)), null)).toBeNull();
    expect(noGradeOf(measured(null), null)).toBeNull();
    expect(noGradeOf(null, null)).toBeNull();
  });
  it('says N6 of a card that is a millimetre too short for the nearest format, and nothing of another format', () => {
    expect(noGradeOf(measured(sizes(63.4, 87)), null)).toMatchObject({ code: 'N6', by: 'measured' });
    expect(noGradeOf(measured(sizes(70, 120)), null)).toBeNull();
    expect(noGradeOf(measured(sizes(44, 68)), null)).toBeNull();
  });
  it('says N8 where a border is as good as gone, with the station', () => {
    const found = noGradeOf(measured(sizes(63.5, 88.9), 0.04), null);
    expect(found).toMatchObject({ code: 'N8', by: 'measured' });
    expect(found?.why).toContain('station 4');
    expect(noGradeOf(measured(sizes(63.5, 88.9), 0.2), null)).toBeNull();
    expect(noGradeOf(measured(sizes(63.5, 88.9), null), null)).toBeNull();
  });
  it('judges neither N8 nor the qualifier MC by a boundary in question', () => {
    const narrow = measured(sizes(63.5, 88.9), 0.04);
    const asked = { ...narrow, sides: { ...narrow.sides, left: { measured: true, frame: 'inQuestion' as const } } };
    const qualifiers = (of: Measurement) => gradeSide(evidence(of), findStandard('psa')).grade.qualifiers;
    expect(noGradeOf(asked, null)).toBeNull();
    expect(qualifiers(narrow)).toContain('MC');
    expect(qualifiers(asked)).not.toContain('MC');
  });
});

describe('a no-grade code in the grade', () => {
  const standard = findStandard('psa');
  const mark = { code: 'N1', reason: 'the left cut is fresh under the loupe' } as const;
  it('takes overall and score away and says why, and keeps the sub-grades', () => {
    const { grade } = gradeSide({ ...evidence(measured(sizes(63.5, 88.9))), mark }, standard);
    expect(grade).toMatchObject({ overall: null, score1000: null, label: null });
    expect(grade.noGrade).toMatchObject({ code: 'N1', by: 'person', why: mark.reason });
    expect(grade.reason).toContain('N1: Evidence of trimming');
    expect(grade.subgrades.surface).toBe(10);
  });
  it("comes before a measured one, and forbids the card's grade from either side", () => {
    const good = gradeSide(evidence(measured(sizes(63.5, 88.9))), standard).grade;
    const bad = gradeSide({ ...evidence(measured(sizes(63.4, 87))), mark }, standard).grade;
    expect(bad.noGrade?.code).toBe('N1');
    expect(gradeCard(good, good, standard).overall).not.toBeNull();
    expect(gradeCard(good, bad, standard).overall).toBeNull();
    expect(gradeCard(bad, good, standard).score1000).toBeNull();
  });
});

describe('lift, rough cut and layering', () => {
  it('cost points by their rules, up or down alike, and nothing where they were not read', () => {
    const clean = evidence(measured(sizes(63.5, 88.9)));
    const costs = (lift: number | null, layering: number | null, rough: number | null) =>
      gradeSide(
        {
          ...clean,
          corners: { ...clean.corners, topLeft: { ...corner, liftMm: lift } },
          edges: { ...clean.edges, left: { ...edge, layeringMm: layering, roughMm: rough } },
        },
        findStandard('psa'),
      ).grade.costs.map(({ rule, points }) => [rule, Math.round(points)]);
    expect(costs(null, null, null)).toEqual([]);
    expect(costs(0.04, 0.5, 1.5)).toEqual([]);
    // 1500 points a millimetre beyond 0.05, 25 beyond 0.8, 6 beyond 2.
    expect(costs(0.15, null, null)).toEqual([['corners.liftMm', 150]]);
    expect(costs(-0.15, null, null)).toEqual([['corners.liftMm', 150]]);
    expect(costs(null, 4.8, 12)).toEqual([
      ['edges.layeringMm', 100],
      ['edges.roughMm', 60],
    ]);
  });
});
