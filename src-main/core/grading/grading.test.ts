/** Grading rules against published examples and limits worked out by hand. */
import { describe, expect, it } from 'vitest';
import type { Centering, Defect, Measurement, Report } from '../../contract/index.ts';
import { gradeCentering } from './centering.ts';
import { verdictAt } from './conformity.ts';
import { gradeSide } from './index.ts';
import { bgsOverall } from './overall.ts';
import { bandOf, gradeOfScore, scoreFloor } from './score.ts';
import { findStandard } from './standards.ts';

const centering = (leftRight: number, topBottom: number, u = 0): Centering => ({
  leftRight: [leftRight, 100 - leftRight],
  topBottom: [topBottom, 100 - topBottom],
  uncertaintyPp: u,
  leftRightUncertaintyPp: u,
  topBottomUncertaintyPp: u,
  worstStation: null,
});
const grade = (c: Centering, standard: string, side: 'front' | 'back' = 'front') =>
  gradeCentering({ centering: c, points: [] }, side, findStandard(standard));

describe('centering against published ceilings', () => {
  it('gives PSA 10 at 55 and 9 just beyond, on the front', () => {
    expect(grade(centering(55, 50), 'psa')?.grade).toBe(10);
    expect(grade(centering(55.01, 50), 'psa')?.grade).toBe(9);
    expect(grade(centering(44, 50), 'psa')?.grade).toBe(9);
  });
  it('grades PSA backs by their own ceilings', () => {
    expect(grade(centering(75, 50), 'psa', 'back')?.grade).toBe(10);
    expect(grade(centering(76, 50), 'psa', 'back')?.grade).toBe(9);
  });
  it('asks BGS 9.5 for 50 on one axis and 55 on the other', () => {
    expect(grade(centering(50, 55), 'bgs')?.grade).toBe(9.5);
    expect(grade(centering(55, 50), 'bgs')?.grade).toBe(9.5);
    expect(grade(centering(52, 52), 'bgs')?.grade).toBe(9);
    expect(grade(centering(50, 50), 'bgs')?.grade).toBe(10);
  });
  it('grades TAG trading-card games and sports cards apart', () => {
    expect(grade(centering(60, 50), 'tag-tcg')?.grade).toBe(8.5);
    expect(grade(centering(60, 50), 'tag-sports')?.grade).toBe(9);
    expect(grade(centering(60, 50), 'tag')?.grade).toBe(8.5);
  });
  it('says nothing when an axis was not measured', () => {
    expect(grade({ ...centering(50, 50), topBottom: null }, 'psa')).toBeUndefined();
  });
  it('gives every published ceiling exactly its own grade', () => {
    for (const id of ['psa', 'cgc', 'sgc', 'tag-tcg', 'tag-sports'])
      for (const side of ['front', 'back'] as const) {
        const rows = findStandard(id).rows[side];
        for (const row of rows) {
          const best = rows.find((r) => r.axes[1] >= row.axes[1]);
          expect(grade(centering(row.axes[1], 50), id, side)?.grade).toBe(best?.grade);
        }
      }
  });
});

describe('verdict at a limit', () => {
  it('is sure only when the whole interval lies on one side', () => {
    expect(verdictAt({ larger: 54, uncertaintyPp: 0.9 }, 55)).toBe('pass');
    expect(verdictAt({ larger: 54.5, uncertaintyPp: 0.9 }, 55)).toBe('insideUncertainty');
    expect(verdictAt({ larger: 55.5, uncertaintyPp: 0.9 }, 55)).toBe('insideUncertainty');
    expect(verdictAt({ larger: 56, uncertaintyPp: 0.9 }, 55)).toBe('fail');
  });
  it('names the next grade and how far it is', () => {
    const result = grade(centering(55.05, 50, 0.1), 'psa');
    expect(result).toMatchObject({ grade: 9, verdict: 'pass', nextGrade: 10, nextVerdict: 'insideUncertainty' });
  });
});

describe('overall grades', () => {
  it('gives the published BGS examples', () => {
    expect(bgsOverall([9.5, 9.5, 9, 8])).toBe(8.5);
    expect(bgsOverall([9.5, 9.5, 8.5, 9])).toBe(9);
    expect(bgsOverall([10, 6, 10, 10])).toBe(7);
    expect(bgsOverall([9.5, 9.5, 9.5, 9])).toBe(9.5);
    expect(bgsOverall([10, 10, 10, 9.5])).toBe(10);
  });
  it('reads the score bands', () => {
    expect(bandOf(995)).toEqual({ grade: 10, name: 'Pristine' });
    expect(bandOf(989).name).toBe('Gem Mint');
    expect(bandOf(850).grade).toBe(8.5);
    expect(bandOf(3).grade).toBe(1);
    expect(scoreFloor(9.5)).toBe(925);
    expect(gradeOfScore(930, [10, 9.5, 9])).toBe(9.5);
    expect(gradeOfScore(930, [10, 9, 8])).toBe(9);
  });
  it('names the known standards when asked for an unknown one', () => {
    expect(() => findStandard('xyz')).toThrow(/choose one of: tag, psa/);
  });
});

describe('qualifiers', () => {
  const graded = (defects: Defect[], c = centering(50.5, 50.2)) =>
    gradeSide(evidence(defects, c), findStandard('psa')).grade.qualifiers;
  it('names stains and printing errors by their area, and only sure ones', () => {
    expect(graded([])).toEqual([]);
    expect(graded([defect('stain', { areaMm2: 4 })])).toEqual(['ST']);
    expect(graded([defect('stain', { areaMm2: 0.2 })])).toEqual([]);
    expect(graded([defect('stain', { areaMm2: 4, confidence: 0.6 })])).toEqual([]);
    expect(graded([defect('printLine', { areaMm2: 0.2 }), defect('printDot', { areaMm2: 0.2 })])).toEqual(['PD']);
  });
  it('names a card whose border is cut away or whose cut is not square', () => {
    const cut = evidence([]);
    const points = cut.measurement.points.map((point, i) => (i === 3 ? { ...point, widthMm: 0.2 } : point));
    const narrow = { ...cut, measurement: { ...cut.measurement, points } };
    expect(gradeSide(narrow, findStandard('psa')).grade.qualifiers).toContain('MC');
    const askew = { ...cut, corners: { ...cleanCorners, topLeft: { ...corner, angleDeg: 88.7 } } };
    expect(gradeSide(askew, findStandard('psa')).grade.qualifiers).toContain('MC');
  });
});

describe('foil', () => {
  it('is no defect: the rest of the side decides whether the surface is graded', () => {
    const side = { ...evidence([]), surface: { ...surface([]), judgedFraction: 0.7, foilFraction: 0.25 } };
    expect(gradeSide(side, findStandard('psa')).grade.subgrades.surface).toBe(10);
    const foil = { ...evidence([]), surface: { ...surface([]), judgedFraction: 0.4, foilFraction: 0.6 } };
    expect(gradeSide(foil, findStandard('psa')).grade.subgrades.surface).toBeNull();
  });
});

const corner = { score: null, angleDeg: 90, radiusMm: 3, missingAreaMm2: 0, frayMm: 0, whiteningMm2: 0 };
const edge = { score: null, chippingMm2: 0, longestChipMm: 0, whiteningMm: 0, frayMm: 0 };
const cleanCorners = { topLeft: corner, topRight: corner, bottomRight: corner, bottomLeft: corner };
const cleanEdges = { left: edge, right: edge, top: edge, bottom: edge };
const surface = (defects: Defect[]): NonNullable<Report['surface']> => ({
  defects,
  judgedFraction: 1,
  foilFraction: 0,
  notes: [],
});
const defect = (kind: Defect['kind'], fields: Partial<Defect> = {}): Defect => ({
  id: 'd1',
  kind,
  polygonMm: [],
  bboxMm: [0, 0, 1, 1],
  polygonPx: [],
  areaMm2: 1,
  lengthMm: 10,
  widthMm: 0.1,
  depthMm: null,
  severity: 0.5,
  confidence: 1,
  evidence: ['curvature'],
  signalToNoise: 10,
  ...fields,
});
const measured = (c: Centering): Measurement => {
  const none = { left: null, right: null, top: null, bottom: null };
  const corners = Array.from({ length: 4 }, () => ({ xPx: 0, yPx: 0 }));
  const point = { widthMm: 3, uncertaintyMm: 0.01, widthPx: 75, uncertaintyPx: 0.2, status: 'ok', method: 'erf' };
  return {
    pixelPitchMm: 0.04,
    points: Array.from({ length: 24 }, () => ({ ...point, edge: 'left', index: 1, outer: null, border: null })),
    meanMm: none,
    meanPx: none,
    sides: { left: { measured: true }, right: { measured: true }, top: { measured: true }, bottom: { measured: true } },
    centering: c,
    sizeMm: { width: 63.5, height: 88.9 },
    sizePx: { width: 1587, height: 2222 },
    cardAngleDeg: 0,
    printTiltDeg: 0,
    outline: { corners, cornerRadiusPx: 75, edges: { left: [], right: [], top: [], bottom: [] }, border: none },
  };
};
const evidence = (defects: Defect[], c = centering(50.5, 50.2)) => ({
  side: 'front' as const,
  measurement: measured(c),
  corners: cleanCorners,
  edges: cleanEdges,
  surface: surface(defects),
});

describe('grading a side', () => {
  it('gives a flawless card a 10 that nothing limits and nothing cost', () => {
    const { grade: g } = gradeSide(evidence([], centering(50, 50)), findStandard('psa'));
    expect(g).toMatchObject({
      overall: 10,
      label: 'Pristine',
      score1000: 1000,
      limitedBy: [],
      costs: [],
      reason: null,
    });
  });
  it('lists what cost the grade, worst first, with the grade it would have been without', () => {
    const dent = defect('dent', { id: 'd2', areaMm2: 0.5, depthMm: 0.02 });
    const scratch = defect('scratch', { lengthMm: 2, depthMm: 0.002 });
    const { grade: g } = gradeSide(evidence([scratch, dent]), findStandard('psa'));
    expect(g.costs[0]).toMatchObject({ rule: 'surface.dent', defectId: 'd2' });
    expect(g.costs.map((c) => c.points)).toEqual(g.costs.map((c) => c.points).sort((a, b) => b - a));
    expect(g.limitedBy).toEqual(['surface']);
    expect(g.costs[0]?.overallWithout ?? 0).toBeGreaterThan(g.overall ?? 10);
  });
  it('caps a card at 5 for a crease of up to 25 mm and at 4 beyond', () => {
    const with_ = (lengthMm: number) =>
      gradeSide(evidence([defect('crease', { lengthMm, confidence: 0.8 })]), findStandard('psa')).grade.subgrades
        .surface;
    expect(with_(20)).toBe(5);
    expect(with_(30)).toBe(4);
  });
  it('lets the worst corner weigh most', () => {
    const worn = { ...corner, missingAreaMm2: 0.23 };
    const { grade: g } = gradeSide(
      { ...evidence([]), corners: { ...cleanCorners, topLeft: worn } },
      findStandard('psa'),
    );
    expect(g.scores1000.corners).toBe(Math.round(820 + 0.25 * (955 - 820)));
  });
  it('gives no overall, and says why, when the borders could not be measured', () => {
    const { grade: g } = gradeSide(evidence([], { ...centering(50, 50), leftRight: null }), findStandard('psa'));
    expect(g.overall).toBeNull();
    expect(g.reason).toMatch(/not all four borders/);
    expect(g.subgrades.surface).toBe(10);
  });
  it('gives no overall without photometric evidence', () => {
    const { grade: g } = gradeSide({ ...evidence([]), corners: null, edges: null, surface: null }, findStandard('bgs'));
    expect(g.overall).toBeNull();
    expect(g.reason).toMatch(/three lights/);
  });
  it('weighs findings by their confidence, and lets doubtful ones cost and cap nothing', () => {
    const surfaceOf = (kind: Defect['kind'], confidence: number) =>
      gradeSide(evidence([defect(kind, { confidence })]), findStandard('psa')).grade;
    expect(surfaceOf('stain', 0.8).scores1000.surface).toBeGreaterThan(
      surfaceOf('stain', 1).scores1000.surface ?? 1000,
    );
    expect(surfaceOf('stain', 0.7).scores1000.surface).toBe(1000);
    expect(surfaceOf('crease', 0.7).subgrades.surface).toBe(10);
  });
});
