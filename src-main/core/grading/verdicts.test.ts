/** Verdicts against every standard: hand-worked limits, and laws that hold for any centering. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Centering, MeasuredPoint, Side } from '../../contract/index.ts';
import { sides } from '../../contract/index.ts';
import { normalCdf } from './conformity.ts';
import { allStandards, findStandard } from './standards.ts';
import { verdictsOf } from './verdicts.ts';

const axes = (leftRight: number, topBottom: number, u = 0): Centering => ({
  leftRight: [leftRight, 100 - leftRight],
  topBottom: [topBottom, 100 - topBottom],
  uncertaintyPp: u,
  leftRightUncertaintyPp: u,
  topBottomUncertaintyPp: u,
  worstStation: null,
});
const of = (centering: Centering, id: string, side: 'front' | 'back' = 'front', points: MeasuredPoint[] = []) => {
  const [verdict] = verdictsOf({ centering, points }, side, [findStandard(id)]);
  if (!verdict) throw new Error(`no verdict for ${id}`);
  return verdict;
};

/** Stations of a card whose print is shifted by `shift` at its middle and by `tilt` more at every further station, mm. */
function stations(shift: number, tilt: number, u: number): MeasuredPoint[] {
  const count = (side: Side) => (side === 'left' || side === 'right' ? 7 : 5);
  return sides.flatMap((edge) =>
    Array.from({ length: count(edge) }, (_, i): MeasuredPoint => {
      const along = i + 1 - (count(edge) + 1) / 2;
      const sign = { left: 1, right: -1, top: 0, bottom: 0 }[edge];
      const widthMm = 3 + sign * (shift + tilt * along);
      const point = { edge, index: i + 1, widthMm, uncertaintyMm: u, widthPx: null, uncertaintyPx: null };
      return { ...point, status: 'ok', outer: null, border: null, method: 'erf' };
    }),
  );
}

describe('verdicts of the standards', () => {
  it('tells the best sure grade and the next one with what decides', () => {
    const psa = of(axes(54.95, 51, 0.1), 'psa');
    expect(psa.best).toMatchObject({ grade: 9, verdict: 'pass', probability: 1 });
    expect(psa.next).toMatchObject({
      grade: 10,
      verdict: 'insideUncertainty',
      decidedBy: { axis: 'leftRight', station: null, share: 54.95, limit: 55 },
    });
    // (55 - 54.95) / 0.05 is one standard uncertainty.
    expect(psa.next?.probability).toBeCloseTo(0.8413, 3);
  });

  it('asks BGS 9.5 for 50 on one axis and 55 on the other, whichever they are', () => {
    const step = (c: Centering) => of(c, 'bgs').steps.find((s) => s.label === '9.5');
    expect(step(axes(50, 55))?.verdict).toBe('pass');
    expect(step(axes(55, 50))?.verdict).toBe('pass');
    expect(step(axes(52, 52))?.verdict).toBe('fail');
    expect(step(axes(50.1, 54, 0.2))?.verdict).toBe('insideUncertainty');
    expect(step(axes(54, 50.1, 0.2))?.decidedBy).toMatchObject({ axis: 'topBottom', limit: 50 });
  });

  it('grades backs by their own limits and leaves unpublished ones out', () => {
    expect(of(axes(74, 50, 0.1), 'psa', 'back').best?.grade).toBe(10);
    expect(of(axes(74, 50, 0.1), 'psa', 'front').best?.grade).toBe(6);
    expect(of(axes(50, 50), 'sgc', 'back').steps).toEqual([]);
    expect(of(axes(64, 50, 0.1), 'tag-tcg', 'back').best?.grade).toBe(10);
    expect(of(axes(69, 50, 0.1), 'tag-sports', 'back').best?.grade).toBe(10);
  });

  it('judges a diamond cut by its worst end where the company does, and by the mean elsewhere', () => {
    // At the ends (3 stations off) the shares are 3.03 + 0.45 of 6 mm: 58 to 42; the mean is 50.5.
    const points = stations(0.03, 0.15, 0.004);
    const centering = axes(50.5, 50, 0.05);
    const psa = of(centering, 'psa', 'front', points);
    expect(psa.best?.grade).toBe(9);
    expect(psa.best?.decidedBy).toMatchObject({ axis: 'leftRight', station: 7 });
    expect(psa.best?.decidedBy.share).toBeCloseTo(58, 6);
    expect(of(centering, 'cgc', 'front', points).best).toMatchObject({ grade: 10, decidedBy: { station: null } });
  });

  it('does not let one noisy station pass for a diamond cut', () => {
    const points = stations(0, 0, 0.01).map((p) => (p.edge === 'left' && p.index === 2 ? { ...p, widthMm: 3.06 } : p));
    const worst = of(axes(50.07, 50, 0.1), 'psa', 'front', points).steps[0]?.decidedBy;
    // Alone, that station is 50.5.
    expect(worst?.share).toBeLessThan(50.3);
  });

  it('has nothing to say of a card whose centering was not measured', () => {
    for (const verdict of verdictsOf(
      { centering: { ...axes(50, 50), topBottom: null }, points: [] },
      'front',
      allStandards,
    ))
      expect(verdict).toMatchObject({ best: null, next: null, steps: [] });
    expect(verdictsOf(null, 'front', allStandards)).toHaveLength(allStandards.length);
  });
});

const share = fc.double({ min: 1, max: 99, noNaN: true });
const uncertainty = fc.double({ min: 0, max: 5, noNaN: true });
const side = fc.constantFrom('front' as const, 'back' as const);
const rank = { pass: 0, insideUncertainty: 1, fail: 2 } as const;
const all = (c: Centering, s: 'front' | 'back') => verdictsOf({ centering: c, points: [] }, s, allStandards);
const seen = (c: Centering, s: 'front' | 'back') =>
  all(c, s).map((v) => v.steps.map(({ verdict, probability }) => [verdict, probability]));
const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThan(1e-6);

// The limit is against hanging, not a measure of speed: the machine may have other work.
describe('laws of every verdict', { timeout: 60_000 }, () => {
  it('is the same for a card and its mirror image, and for its two axes exchanged', () => {
    fc.assert(
      fc.property(share, share, uncertainty, side, (x, y, u, s) => {
        const own = all(axes(x, y, u), s).flatMap((v) => v.steps);
        for (const other of [axes(100 - x, y, u), axes(x, 100 - y, u), axes(y, x, u)])
          for (const [i, step] of all(other, s)
            .flatMap((v) => v.steps)
            .entries()) {
            close(step.probability, own[i]?.probability ?? Number.NaN);
            close(step.decidedBy.share, own[i]?.decidedBy.share ?? Number.NaN);
          }
      }),
    );
  });

  it('never improves when an axis moves away from the middle', () => {
    fc.assert(
      fc.property(share, share, uncertainty, fc.double({ min: 0, max: 20, noNaN: true }), side, (x, y, u, by, s) => {
        const away = x >= 50 ? Math.min(100, x + by) : Math.max(0, x - by);
        const [near, far] = [all(axes(x, y, u), s), all(axes(away, y, u), s)];
        for (const [i, verdict] of near.entries())
          for (const [j, step] of verdict.steps.entries()) {
            const worse = far[i]?.steps[j];
            expect(rank[worse?.verdict ?? 'pass']).toBeGreaterThanOrEqual(rank[step.verdict]);
            expect(worse?.probability ?? 2).toBeLessThanOrEqual(step.probability + 1e-6);
          }
      }),
    );
  });

  it('is never undecided without uncertainty, and its probability is then 0 or 1', () => {
    fc.assert(
      fc.property(share, share, side, (x, y, s) => {
        for (const [verdict, probability] of seen(axes(x, y, 0), s).flat())
          expect([verdict, probability]).toEqual(verdict === 'pass' ? ['pass', 1] : ['fail', 0]);
      }),
    );
  });

  it('passes only what is likely and fails only what is unlikely, by its guard band of two standard uncertainties', () => {
    fc.assert(
      fc.property(share, share, uncertainty, side, (x, y, u, s) => {
        for (const [verdict, probability] of seen(axes(x, y, u), s).flat()) {
          if (verdict === 'pass') expect(probability).toBeGreaterThan(normalCdf(2) ** 2 - 0.001);
          if (verdict === 'fail') expect(probability).toBeLessThan(2 * (1 - normalCdf(2)) + 0.001);
        }
      }),
    );
  });

  it('keeps better grades no easier than worse ones', () => {
    fc.assert(
      fc.property(share, share, uncertainty, side, (x, y, u, s) => {
        for (const { steps } of all(axes(x, y, u), s))
          for (const [i, step] of steps.entries())
            expect(rank[step.verdict]).toBeLessThanOrEqual(rank[steps[i - 1]?.verdict ?? 'fail']);
      }),
    );
  });
});
