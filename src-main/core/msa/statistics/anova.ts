/**
 * Two-way random-effects analysis of variance of a balanced crossed study (Montgomery, Design and Analysis of
 * Experiments, ch. 13; AIAG MSA 4th edition, III-B).
 */
import type { AnovaRow, InteractionRule } from '../../../contract/msa.ts';
import type { CrossedStudy } from './crossed.ts';
import { fUpper } from './distributions.ts';
import { mean, squaresAbout, sum } from './samples.ts';

export interface MeanSquare {
  readonly ss: number;
  readonly df: number;
  readonly ms: number;
}

export interface Anova {
  readonly full: readonly AnovaRow[];
  /** Without the interaction, whose sum of squares went to repeatability; null when it was kept. */
  readonly reduced: readonly AnovaRow[] | null;
  readonly pooled: boolean;
  readonly decision: string;
  readonly part: MeanSquare;
  readonly operator: MeanSquare;
  /** Null when pooled. */
  readonly interaction: MeanSquare | null;
  readonly error: MeanSquare;
}

/** Squares below this share of the total are rounding of values that do not differ. */
const rounding = 1e-20;

export function anova(study: CrossedStudy, alpha: number, rule: InteractionRule = 'auto'): Anova {
  const { values } = study;
  const [p, o, r] = [study.parts.length, study.operators.length, study.trials];
  const cellMeans = values.map((byOperator) => byOperator.map(mean));
  const partMeans = cellMeans.map(mean);
  const operatorMeans = study.operators.map((_, j) => mean(cellMeans.map((row) => row[j] ?? 0)));
  const grand = mean(partMeans);
  const total = squaresAbout(values.flat(2), grand);
  const clean = (ss: number) => (ss < rounding * total ? 0 : ss);
  const meanSquare = (ss: number, df: number): MeanSquare => ({ ss: clean(ss), df, ms: clean(ss) / df });

  const part = meanSquare(o * r * squaresAbout(partMeans, grand), p - 1);
  const operator = meanSquare(p * r * squaresAbout(operatorMeans, grand), o - 1);
  const residual = cellMeans.map((row, i) =>
    row.map((cell, j) => cell - (partMeans[i] ?? 0) - (operatorMeans[j] ?? 0) + grand),
  );
  const both = meanSquare(r * sum(residual.flat().map((x) => x * x)), (p - 1) * (o - 1));
  const within = values.flatMap((row, i) => row.map((cell, j) => squaresAbout(cell, cellMeans[i]?.[j])));
  const error = meanSquare(sum(within), p * o * (r - 1));

  const all: AnovaRow = { source: 'total', ss: total, df: p * o * r - 1, ms: null, f: null, p: null };
  const interactionRow = tested('interaction', both, error);
  const full = [
    tested('part', part, both),
    tested('operator', operator, both),
    interactionRow,
    untested('repeatability', error),
    all,
  ];
  const { pooled, decision } = poolingDecision(interactionRow.p, alpha, rule);
  if (!pooled) return { full, reduced: null, pooled, decision, part, operator, interaction: both, error };
  const pool = meanSquare(error.ss + both.ss, error.df + both.df);
  const reduced = [
    tested('part', part, pool),
    tested('operator', operator, pool),
    untested('repeatability', pool),
    all,
  ];
  return { full, reduced, pooled, decision, part, operator, interaction: null, error: pool };
}

const untested = (source: AnovaRow['source'], { ss, df, ms }: MeanSquare): AnovaRow => ({
  source,
  ss,
  df,
  ms,
  f: null,
  p: null,
});

/** F and p against the error term; null where that is zero. */
function tested(source: AnovaRow['source'], effect: MeanSquare, against: MeanSquare): AnovaRow {
  if (against.ms <= 0) return untested(source, effect);
  const f = effect.ms / against.ms;
  return { source, ss: effect.ss, df: effect.df, ms: effect.ms, f, p: fUpper(f, effect.df, against.df) };
}

function poolingDecision(
  p: number | null,
  alpha: number,
  rule: InteractionRule,
): { pooled: boolean; decision: string } {
  if (rule === 'keep') return { pooled: false, decision: 'the interaction is kept, as was asked' };
  if (rule === 'drop') return { pooled: true, decision: 'the interaction is pooled with repeatability, as was asked' };
  if (p === null)
    return {
      pooled: false,
      decision: 'the interaction cannot be tested, as repeated measurements do not differ; it is kept',
    };
  const pooled = p > alpha;
  const shown = p < 0.001 ? p.toExponential(2) : p.toFixed(3);
  return {
    pooled,
    decision: pooled
      ? `the interaction is pooled with repeatability: p = ${shown} is above alpha = ${alpha}`
      : `the interaction is kept: p = ${shown} is not above alpha = ${alpha}`,
  };
}
