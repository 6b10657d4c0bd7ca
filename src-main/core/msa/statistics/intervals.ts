/**
 * Confidence intervals of sums and differences of mean squares by the modified large-sample method: Graybill and Wang
 * (1980) for sums, Ting, Burdick, Graybill, Jeyaratnam and Lu (1990) where terms are subtracted; collected in Burdick,
 * Borror and Montgomery, Design and Analysis of Gauge R&R Studies (2005), appendix B.
 */
import { chi2Quantile, fQuantile } from './distributions.ts';

export interface Term {
  /** Weight of the mean square; below zero where it is subtracted. */
  readonly weight: number;
  readonly ms: number;
  readonly df: number;
}

export type Interval = readonly [number, number];

/** Factors of one mean square: its lower and upper bound alone are ms (1 - g) and ms (1 + h). */
interface Factors extends Term {
  readonly size: number;
  readonly g: number;
  readonly h: number;
}

/**
 * Two-sided interval of the sum of weight times expected mean square; bounds below zero are set to zero, as a variance
 * cannot be negative. At most one term may be subtracted where several are added (all that gauge studies need).
 */
export function meanSquareInterval(terms: readonly Term[], confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  const used = terms.filter((term) => term.weight !== 0 && term.df > 0).map((term) => factors(term, tail));
  const added = used.filter((term) => term.weight > 0);
  const taken = used.filter((term) => term.weight < 0);
  const estimate = used.reduce((sum, term) => sum + term.weight * term.ms, 0);
  const lower = estimate - Math.sqrt(Math.max(0, lowerSpread(added, taken, tail)));
  const upper = estimate + Math.sqrt(Math.max(0, upperSpread(added, taken, tail)));
  return [Math.max(0, lower), Math.max(0, upper)];
}

function factors(term: Term, tail: number): Factors {
  return {
    ...term,
    size: Math.abs(term.weight) * term.ms,
    g: 1 - term.df / chi2Quantile(1 - tail, term.df),
    h: term.df / chi2Quantile(tail, term.df) - 1,
  };
}

function lowerSpread(added: readonly Factors[], taken: readonly Factors[], tail: number): number {
  let spread = squares(added, 'g') + squares(taken, 'h');
  for (const q of added)
    for (const r of taken) {
      const f = fQuantile(1 - tail, q.df, r.df);
      spread += (((f - 1) ** 2 - (q.g * f) ** 2 - r.h ** 2) / f) * q.size * r.size;
    }
  if (taken.length > 0) spread += pairs(added, tail);
  return spread;
}

function upperSpread(added: readonly Factors[], taken: readonly Factors[], tail: number): number {
  let spread = squares(added, 'h') + squares(taken, 'g');
  for (const q of added)
    for (const r of taken) {
      const f = fQuantile(tail, q.df, r.df);
      spread += (((1 - f) ** 2 - (q.h * f) ** 2 - r.g ** 2) / f) * q.size * r.size;
    }
  return spread;
}

const squares = (terms: readonly Factors[], key: 'g' | 'h'): number =>
  terms.reduce((sum, term) => sum + (term[key] * term.size) ** 2, 0);

/** Cross terms of the added mean squares in the lower bound (Ting et al. 1990, eq. 2.4). */
function pairs(added: readonly Factors[], tail: number): number {
  let sum = 0;
  for (const [i, a] of added.entries())
    for (const b of added.slice(i + 1)) {
      const df = a.df + b.df;
      const both = ((1 - df / chi2Quantile(1 - tail, df)) ** 2 * (df * df)) / (a.df * b.df);
      const own = (a.g ** 2 * a.df) / b.df + (b.g ** 2 * b.df) / a.df;
      sum += ((both - own) / (added.length - 1)) * a.size * b.size;
    }
  return sum;
}
