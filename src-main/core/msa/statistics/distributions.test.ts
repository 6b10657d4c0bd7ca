/** Distribution functions against closed forms, exact sums and values printed in the shared statistics file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agreement } from './agreement.ts';
import {
  chi2Lower,
  chi2Quantile,
  chi2Upper,
  fQuantile,
  fUpper,
  normalQuantile,
  tQuantile,
  tTwoSided,
} from './distributions.ts';
import { logGamma } from './special.ts';

const relative = (ours: number, truth: number) => Math.abs(ours - truth) / Math.abs(truth);
const exact = 1e-12;

describe('tails', () => {
  test('F with two numerator degrees of freedom is a power', () => {
    for (const df of [1, 3, 18, 60, 240])
      for (const f of [0.01, 0.7, 1, 3.2, 45, 5000])
        expect(relative(fUpper(f, 2, df), (1 + (2 * f) / df) ** (-df / 2))).toBeLessThan(exact);
  });

  test('F with even degrees of freedom is a binomial sum', () => {
    for (const [a, b] of [
      [3, 4],
      [9, 30],
      [4, 39],
      [40, 45],
    ] as const)
      for (const f of [0.2, 1, 2.5, 12, 490]) {
        const x = b / (b + a * f);
        expect(relative(fUpper(f, 2 * a, 2 * b), binomialTail(x, b, a))).toBeLessThan(exact);
      }
  });

  test('t with one and two degrees of freedom', () => {
    for (const t of [0.1, 1, 3.7, 60]) {
      expect(relative(tTwoSided(t, 1), (2 / Math.PI) * Math.atan(1 / t))).toBeLessThan(exact);
      const root = Math.sqrt(2 + t * t);
      expect(relative(tTwoSided(t, 2), 2 / (root * (root + t)))).toBeLessThan(exact);
    }
  });

  test('chi-squared with even degrees of freedom is a Poisson sum', () => {
    for (const df of [2, 6, 18, 60])
      for (const x of [0.3, 4, 17, 70, 150]) {
        let term = Math.exp(-x / 2);
        let sum = term;
        for (let k = 1; k < df / 2; k++) {
          term *= x / 2 / k;
          sum += term;
        }
        expect(relative(chi2Upper(x, df), sum)).toBeLessThan(exact);
        expect(Math.abs(chi2Lower(x, df) + sum - 1)).toBeLessThan(exact);
      }
  });

  test('the logarithm of gamma is that of factorials and of the root of pi', () => {
    let factorial = 0;
    for (let n = 1; n < 150; n++) {
      expect(Math.abs(logGamma(n) - factorial)).toBeLessThan(exact * Math.max(1, factorial));
      factorial += Math.log(n);
    }
    expect(relative(logGamma(0.5), Math.log(Math.PI) / 2)).toBeLessThan(exact);
  });
});

describe('quantiles', () => {
  test('take the tails back', () => {
    for (const p of [1e-6, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999]) {
      for (const df of [1, 2, 9, 60]) {
        expect(relative(chi2Lower(chi2Quantile(p, df), df), p)).toBeLessThan(1e-10);
        expect(relative(1 - fUpper(fQuantile(p, df, 7), df, 7), p)).toBeLessThan(1e-9);
      }
      expect(relative(tTwoSided(tQuantile(p, 5), 5), 2 * Math.min(p, 1 - p))).toBeLessThan(1e-10);
    }
  });

  test('are those of the printed tables', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.025)).toBeCloseTo(-1.959963984540054, 12);
    expect(tQuantile(0.975, 10)).toBeCloseTo(2.228, 3);
    expect(chi2Quantile(0.95, 10)).toBeCloseTo(18.307, 3);
    expect(chi2Quantile(0.05, 10)).toBeCloseTo(3.94, 3);
    expect(fQuantile(0.95, 3, 10)).toBeCloseTo(3.708, 3);
    expect(fQuantile(0.05, 10, 3)).toBeCloseTo(1 / 3.708, 4);
  });
});

/** I_x(b, a) for whole a, b: at least b of n = a + b - 1 trials succeed, each with probability x. */
function binomialTail(x: number, b: number, a: number): number {
  const n = a + b - 1;
  let choose = 1;
  for (let k = 1; k <= b; k++) choose *= (n - b + k) / k;
  let sum = 0;
  for (let k = b; k <= n; k++) {
    sum += choose * x ** k * (1 - x) ** (n - k);
    choose *= (n - k) / (k + 1);
  }
  return sum;
}

const golden = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'data', 'stats_golden.json');
const goldenSchema = z.object({
  chisq_gof_uniform: z.object({ chi2: z.number(), df: z.number(), p: z.number() }),
  chi2_contingency_2x3: z.object({ chi2: z.number(), df: z.number(), p: z.number() }),
  chi2_2x2_yates_false: z.object({ chi2: z.number(), p: z.number() }),
  mcnemar_wikipedia: z.object({ chi2: z.number(), p: z.number() }),
  welch: z.object({ t: z.number(), p: z.number(), df: z.number() }),
  brown_forsythe: z.object({ W: z.number(), p: z.number() }),
  bland_altman_pefr_1986: z.object({
    wright_first: z.array(z.number()),
    mini_wright_first: z.array(z.number()),
    mean_diff: z.number(),
    sd: z.number(),
    loa_196: z.tuple([z.number(), z.number()]),
    ci95_mean: z.tuple([z.number(), z.number()]),
    se_loa_approx: z.number(),
  }),
});

describe.runIf(existsSync(golden))('values of an independent library (../shared/data/stats_golden.json)', () => {
  const read = () => goldenSchema.parse(JSON.parse(readFileSync(golden, 'utf8')));

  test('tails of chi-squared, t and F', () => {
    const g = read();
    for (const { chi2, df, p } of [g.chisq_gof_uniform, g.chi2_contingency_2x3])
      expect(relative(chi2Upper(chi2, df), p)).toBeLessThan(exact);
    for (const { chi2, p } of [g.chi2_2x2_yates_false, g.mcnemar_wikipedia])
      expect(relative(chi2Upper(chi2, 1), p)).toBeLessThan(exact);
    expect(relative(tTwoSided(g.welch.t, g.welch.df), g.welch.p)).toBeLessThan(exact);
    expect(relative(fUpper(g.brown_forsythe.W, 1, 43), g.brown_forsythe.p)).toBeLessThan(exact);
  });

  test('limits of agreement of Bland and Altman (1986)', () => {
    const g = read().bland_altman_pefr_1986;
    const pairs = g.wright_first.map((first, i) => ({ first, second: g.mini_wright_first[i] ?? Number.NaN }));
    const ours = agreement(pairs);
    expect(ours.meanDifference).toBeCloseTo(g.mean_diff, 10);
    expect(ours.sd).toBeCloseTo(g.sd, 10);
    // The file took 1.96 for the quantile 1.95996.
    expect(ours.limits[0]).toBeCloseTo(g.loa_196[0], 2);
    expect(ours.limits[1]).toBeCloseTo(g.loa_196[1], 2);
    expect(ours.meanInterval[0]).toBeCloseTo(g.ci95_mean[0], 10);
    expect(ours.meanInterval[1]).toBeCloseTo(g.ci95_mean[1], 10);
    const t = (g.ci95_mean[1] - g.mean_diff) / (g.sd / Math.sqrt(17));
    expect((ours.upperLimitInterval[1] - ours.limits[1]) / t).toBeCloseTo(g.se_loa_approx, 8);
  });
});
