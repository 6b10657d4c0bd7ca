/** Published worked examples: Montgomery's gauge study, NIST's certified regression, and what must not be analysed. */
import { describe, expect, test } from 'vitest';
import { grrSettingsSchema, type LinearitySettings, type Type1Settings } from '../../../contract/msa.ts';
import { d2Of, d2Star, d3Of, d4Of, k1Of, k2Of, k3Of } from './constants.ts';
import { type CrossedReading, crossed } from './crossed.ts';
import { componentFinder, gaugeRr } from './grr.ts';
import { meanSquareInterval } from './intervals.ts';
import { linearity } from './linearity.ts';
import { stability } from './stability.ts';
import { type1 } from './type1.ts';

/** Montgomery, Design and Analysis of Experiments, table 13.1: 20 parts, 3 operators, 2 readings of each. */
const montgomery = `21 20 20 20 19 21|24 23 24 24 23 24|20 21 19 21 20 22|27 27 28 26 27 28|19 18 19 18 18 21|23 21 24 21 23 22
22 21 22 24 22 20|19 17 18 20 19 18|24 23 25 23 24 24|25 23 26 25 24 25|21 20 20 20 21 20|18 19 17 19 18 19
23 25 25 25 25 25|24 24 23 25 24 25|29 30 30 28 31 30|26 26 25 26 25 27|20 20 19 20 20 20|19 21 19 19 21 23
25 26 25 24 25 25|19 19 18 17 19 17`;
const readings: readonly CrossedReading[] = montgomery.split(/[|\n]/).flatMap((row, part) =>
  row.split(' ').map((value, i) => ({
    part: String(part + 1),
    operator: 'ABC'[Math.floor(i / 2)] ?? '',
    trial: String((i % 2) + 1),
    value: Number(value),
    place: `row ${part * 6 + i + 2}`,
  })),
);
const settings = (more: object = {}) => grrSettingsSchema.parse(more);

describe("Montgomery's gauge study", () => {
  const result = gaugeRr(crossed(readings), settings({ tolerance: 60 }));
  const of = componentFinder(result.components);
  const row = (source: string) => result.anova.full.find((r) => r.source === source);

  test('has the printed sums of squares, F and p', () => {
    expect(row('part')).toMatchObject({ df: 19, ss: expect.closeTo(1185.425, 3), f: expect.closeTo(87.65, 2) });
    expect(row('operator')).toMatchObject({ df: 2, ss: expect.closeTo(2.617, 3), f: expect.closeTo(1.84, 2) });
    expect(row('interaction')).toMatchObject({ df: 38, ss: expect.closeTo(27.05, 3), p: expect.closeTo(0.861, 3) });
    expect(row('repeatability')).toMatchObject({ df: 60, ss: expect.closeTo(59.5, 3) });
    expect(row('total')).toMatchObject({ df: 119, ss: expect.closeTo(1274.592, 3) });
  });

  test('is pooled, with the printed components', () => {
    expect(result.anova.pooled).toBe(true);
    expect(result.anova.decision).toContain('alpha = 0.25');
    expect(of('part').variance).toBeCloseTo(10.2513, 3);
    expect(of('repeatability').variance).toBeCloseTo(0.8832, 4);
    expect(of('operator').variance).toBeCloseTo(0.0106, 4);
    expect(of('interaction').variance).toBeNull();
    expect(of('totalGrr').tolerancePct).toBeCloseTo((600 * Math.sqrt(0.8832 + 0.0106)) / 60, 2);
  });

  test('kept interaction has a component below zero, which is set to zero and said', () => {
    const kept = gaugeRr(crossed(readings), settings({ interaction: 'keep' }));
    expect(componentFinder(kept.components)('interaction')).toMatchObject({ variance: 0, clamped: true });
    expect(kept.warnings.join(' ')).toContain('interaction was below zero');
  });

  test('does not depend on the order of rows, on an offset, and scales with the unit', () => {
    const moved = readings.toReversed().map((r) => ({ ...r, value: 1000 + 25.4 * r.value }));
    const other = componentFinder(gaugeRr(crossed(moved), settings()).components);
    for (const name of ['part', 'operator', 'repeatability', 'total'] as const)
      expect((other(name).variance ?? 0) / 25.4 ** 2 / (of(name).variance ?? 1)).toBeCloseTo(1, 8);
  });
});

describe('what cannot be analysed is refused with its place', () => {
  const refusal = (list: readonly CrossedReading[]) => {
    try {
      crossed(list, 'study.csv');
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const refused = (message: RegExp, field: string) =>
    expect.objectContaining({
      data: expect.objectContaining({
        code: 'value.invalid',
        file: 'study.csv',
        field,
        message: expect.stringMatching(message),
      }),
    });

  test('a missing value, a value too many, a doubled trial', () => {
    expect(refusal(readings.slice(1))).toEqual(
      refused(/part 1 has 1 of 2 measurements by operator A \(row 3\)/, 'measurement'),
    );
    const [first] = readings;
    if (!first) throw new Error('no readings');
    const double = { ...first, place: 'row 122' };
    expect(refusal([...readings, double])).toEqual(refused(/trial 1 was given before, in row 2/, 'trial, row 122'));
  });

  test('one operator, one part, one trial, constant data, nothing', () => {
    expect(refusal(readings.filter((r) => r.operator === 'A'))).toEqual(refused(/only one operator, "A"/, 'operator'));
    expect(refusal(readings.filter((r) => r.part === '3'))).toEqual(refused(/only one part, "3"/, 'part'));
    expect(refusal(readings.filter((r) => r.trial === '1'))).toEqual(refused(/measured once/, 'trial'));
    expect(refusal(readings.map((r) => ({ ...r, value: 7 })))).toEqual(refused(/all 120 values are 7/, 'measurement'));
    expect(refusal([])).toMatchObject({ data: { message: 'there are no measurements' } });
  });

  test('repeats that never differ give no figure instead of infinitely many categories', () => {
    const copied = crossed(readings.map((r) => ({ ...r, value: Number(r.part) })));
    const result = gaugeRr(copied, settings());
    expect(result).toMatchObject({ ndc: null, ndcUnrounded: null, verdict: { level: 'notEvaluable' } });
  });
});

/** NIST StRD, data set Norris (1980), with its certified values. */
const norris = `0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6
778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0
228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0
778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5`;

const linearitySettings: LinearitySettings = { processVariation: null, alpha: 0.05, confidence: 0.95 };

test('the line of bias is the certified one of NIST', () => {
  const numbers = norris.split(/\s+/).map(Number);
  const points = Array.from({ length: numbers.length / 2 }, (_, i) => ({
    part: String(i),
    value: numbers[2 * i] ?? Number.NaN,
    reference: numbers[2 * i + 1] ?? Number.NaN,
  }));
  const ours = linearity(points, linearitySettings);
  expect(ours.intercept).toBeCloseTo(-0.262323073774029, 10);
  expect(ours.slope + 1).toBeCloseTo(1.00211681802045, 12);
  expect(ours.interceptError).toBeCloseTo(0.232818234301152, 11);
  expect(ours.slopeError).toBeCloseTo(0.000429796848199937, 14);
  expect(ours.residualSd).toBeCloseTo(0.884796396144373, 11);
  expect(() => linearity(points.slice(0, 1), linearitySettings)).toThrow(/same reference/);
});

describe('type-1 study', () => {
  const given: Type1Settings = {
    reference: 10,
    tolerance: 2,
    percent: 20,
    spread: 6,
    resolution: 0.2,
    limit: 1.33,
    confidence: 0.95,
  };
  const values = Array.from({ length: 50 }, (_, i) => 10.01 + (i % 2 === 0 ? 0.02 : -0.02));

  test('follows its definition', () => {
    const result = type1(values, given);
    const sd = 0.02 * Math.sqrt(50 / 49);
    expect(result.sd).toBeCloseTo(sd, 12);
    expect(result.cg).toBeCloseTo((0.2 * 2) / (6 * sd), 10);
    expect(result.cgk).toBeCloseTo((0.1 * 2 - 0.01) / (3 * sd), 10);
    expect(result.t).toBeCloseTo((0.01 * Math.sqrt(50)) / sd, 8);
    expect(result.verdict.level).toBe('good');
    expect(result.warnings.join(' ')).toContain('10.0 % of the tolerance');
  });

  test('says when it cannot be judged', () => {
    expect(type1([10, 10, 10], given)).toMatchObject({ cg: null, cgk: null, verdict: { level: 'notEvaluable' } });
    expect(() => type1([10], given)).toThrow(/there is one/);
  });
});

test('a shifted subgroup is outside the limits of the stability chart', () => {
  const group = (i: number, shift = 0) => ({
    label: String(i),
    values: [1, 2, 3, 2, 2].map((v) => v + shift + (i % 3) / 10),
  });
  const steady = Array.from({ length: 24 }, (_, i) => group(i));
  expect(stability(steady).verdict.level).toBe('good');
  const shifted = steady.map((g, i) => (i === 10 ? group(i, 5) : g));
  expect(stability(shifted)).toMatchObject({ averagesOut: [10], verdict: { level: 'unacceptable' } });
  expect(() => stability([group(1), { label: 'x', values: [1, 2] }])).toThrow(/subgroup x has 2 values/);
});

describe('constants', () => {
  test('of ranges are the integrals that define them', () => {
    for (const n of [2, 3, 5, 10, 25]) {
      const { mean, sd } = rangeMoments(n);
      expect(d2Of(n)).toBeCloseTo(mean, 3);
      expect(d3Of(n)).toBeCloseTo(sd, 2);
    }
  });

  test("AIAG's printed factors follow from d2 and d2*", () => {
    for (const n of [2, 3]) {
      expect(k1Of(n)).toBeCloseTo(1 / d2Of(n), 3);
      expect(k2Of(n)).toBeCloseTo(1 / d2Star(1, n), 3);
      expect(d4Of(n)).toBeCloseTo(1 + (3 * d3Of(n)) / d2Of(n), 2);
    }
    for (let n = 2; n <= 10; n++) expect(k3Of(n)).toBeCloseTo(1 / d2Star(1, n), 3);
    expect(() => k2Of(26)).toThrow(/26 values/);
  });
});

/** Mean and standard deviation of the range of n standard normal values, by Tippett's integrals on a grid. */
function rangeMoments(n: number): { mean: number; sd: number } {
  const step = 0.02;
  const x = Array.from({ length: 801 }, (_, i) => -8 + i * step);
  const density = x.map((v) => Math.exp((-v * v) / 2) / Math.sqrt(2 * Math.PI));
  let total = 0;
  const cdf = density.map((d, i) => {
    total += i === 0 ? 0 : ((density[i - 1] ?? 0) + d) * (step / 2);
    return total;
  });
  const at = (i: number) => cdf[i] ?? 0;
  let mean = 0;
  let square = 0;
  for (const [i] of x.entries()) {
    mean += (1 - at(i) ** n - (1 - at(i)) ** n) * step;
    for (let j = i; j < x.length; j++)
      square += 2 * (1 - at(j) ** n - (1 - at(i)) ** n + (at(j) - at(i)) ** n) * step * step * (i === j ? 0.5 : 1);
  }
  return { mean, sd: Math.sqrt(square - mean * mean) };
}

describe('intervals', () => {
  test('of one mean square is the exact one of chi-squared', () => {
    const [low, high] = meanSquareInterval([{ weight: 1, ms: 4, df: 10 }], 0.95);
    expect(low).toBeCloseTo(40 / 20.483, 3);
    expect(high).toBeCloseTo(40 / 3.247, 2);
  });

  test('cover the true components of simulated studies as often as they claim', () => {
    const truth = { part: 1, operator: 0.25, interaction: 0.09, repeatability: 0.16 };
    const wanted = { ...truth, totalGrr: 0.5, reproducibility: 0.34, total: 1.5 };
    const covered = new Map<string, number>();
    const random = normals(7);
    const studies = 300;
    for (let s = 0; s < studies; s++) {
      const { components } = gaugeRr(simulated(truth, random), settings({ interaction: 'keep' }));
      for (const { name, varianceInterval } of components) {
        const [low, high] = varianceInterval ?? [Number.NaN, Number.NaN];
        const hit = low <= wanted[name] && wanted[name] <= high ? 1 : 0;
        covered.set(name, (covered.get(name) ?? 0) + hit);
      }
    }
    // 95 % less four standard errors of 300 draws is 90 %; the method is known to be a little cautious.
    for (const [name, hits] of covered) expect(hits / studies, name).toBeGreaterThan(0.9);
    for (const [name, hits] of covered) expect(hits / studies, name).toBeLessThan(1);
  });
});

function simulated(
  truth: Readonly<Record<'part' | 'operator' | 'interaction' | 'repeatability', number>>,
  random: () => number,
) {
  const draw = (variance: number) => Math.sqrt(variance) * random();
  const names = (n: number) => Array.from({ length: n }, (_, i) => String(i));
  const operators = names(6).map((name) => ({ name, effect: draw(truth.operator) }));
  const list = names(10).flatMap((part) => {
    const ofPart = draw(truth.part);
    return operators.flatMap(({ name, effect }) => {
      const both = draw(truth.interaction);
      return names(3).map((trial) => ({
        ...{ part, operator: name, trial, place: '' },
        value: ofPart + effect + both + draw(truth.repeatability),
      }));
    });
  });
  return crossed(list);
}

/** Standard normal values by Box and Muller over a linear congruential generator. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
