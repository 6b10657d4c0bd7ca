/** Variance components of a crossed study, their shares of contribution, study variation and tolerance. */
import type { Component, GrrSettings, Ranges } from '../../../contract/msa.ts';
import type { Anova } from './anova.ts';
import { type Interval, meanSquareInterval, type Term } from './intervals.ts';

interface Estimate {
  readonly variance: number | null;
  readonly interval: Interval | null;
  readonly clamped: boolean;
}

export interface Size {
  readonly parts: number;
  readonly operators: number;
  readonly trials: number;
}

/**
 * Components from the mean squares (Montgomery, ch. 13): each expected mean square solved for its component. Estimates
 * below zero are set to zero; sums are made of what is left, as Minitab and AIAG do.
 */
export function componentsOfAnova(table: Anova, size: Size, settings: GrrSettings): readonly Component[] {
  const { parts: p, operators: o, trials: r } = size;
  const { part, operator, error, interaction } = table;
  // With the interaction pooled, the error takes its place as what operators and parts are compared with.
  const base = interaction ?? error;
  const weigh = (weight: number, { ms, df }: { ms: number; df: number }): Term => ({ weight, ms, df });
  const estimate = (terms: readonly Term[]): Estimate => {
    const raw = terms.reduce((sum, term) => sum + term.weight * term.ms, 0);
    return {
      variance: Math.max(0, raw),
      interval: meanSquareInterval(terms, settings.confidence),
      clamped: raw < 0,
    };
  };
  const none: Estimate = { variance: null, interval: null, clamped: false };

  const repeatability = estimate([weigh(1, error)]);
  const ofOperator = estimate([weigh(1 / (p * r), operator), weigh(-1 / (p * r), base)]);
  const ofPart = estimate([weigh(1 / (o * r), part), weigh(-1 / (o * r), base)]);
  const ofBoth = interaction ? estimate([weigh(1 / r, interaction), weigh(-1 / r, error)]) : none;
  const reproducibility = (ofOperator.variance ?? 0) + (ofBoth.variance ?? 0);
  const gauge = (repeatability.variance ?? 0) + reproducibility;
  const sumOf = (variance: number, terms: readonly Term[]): Estimate => ({
    ...estimate(terms),
    variance,
    clamped: false,
  });

  const onBoth = interaction
    ? {
        reproducibility: weigh((p - 1) / (p * r), interaction),
        total: weigh((p * o - p - o) / (p * o * r), interaction),
      }
    : null;
  const errorLeft = interaction ? 1 - 1 / r : 1 - 1 / (p * r);
  const totalError = interaction ? 1 - 1 / r : 1 - 1 / (p * r) - 1 / (o * r);
  const ofOperators = weigh(1 / (p * r), operator);
  return finish(
    {
      totalGrr: sumOf(gauge, [ofOperators, ...(onBoth ? [onBoth.reproducibility] : []), weigh(errorLeft, error)]),
      repeatability,
      reproducibility: onBoth
        ? sumOf(reproducibility, [ofOperators, onBoth.reproducibility, weigh(-1 / r, error)])
        : { ...ofOperator, variance: reproducibility, clamped: false },
      operator: ofOperator,
      interaction: ofBoth,
      part: ofPart,
      total: sumOf(gauge + (ofPart.variance ?? 0), [
        weigh(1 / (o * r), part),
        ofOperators,
        ...(onBoth ? [onBoth.total] : []),
        weigh(totalError, error),
      ]),
    },
    settings,
  );
}

/** The same table from average and range; there the interaction is not told apart and no intervals are given. */
export function componentsOfRanges(ranges: Ranges, settings: GrrSettings): readonly Component[] {
  const of = (sd: number, clamped = false): Estimate => ({ variance: sd * sd, interval: null, clamped });
  return finish(
    {
      totalGrr: of(ranges.gaugeVariation),
      repeatability: of(ranges.equipmentVariation),
      reproducibility: of(ranges.appraiserVariation),
      operator: of(ranges.appraiserVariation, ranges.appraiserClamped),
      interaction: { variance: null, interval: null, clamped: false },
      part: of(ranges.partVariation),
      total: of(ranges.totalVariation),
    },
    settings,
  );
}

function finish(estimates: Readonly<Record<Component['name'], Estimate>>, settings: GrrSettings): readonly Component[] {
  const total = estimates.total.variance ?? 0;
  const { tolerance, studyK } = settings;
  const ofTolerance = (variance: number) =>
    tolerance === null ? null : (100 * studyK * Math.sqrt(variance)) / tolerance;
  const share = (value: number) => (total > 0 ? value : null);
  return componentOrder.map((name): Component => {
    const { variance, interval, clamped } = estimates[name];
    if (variance === null) return { name, ...nothing };
    const [low, high] = interval ?? [null, null];
    const bounds = low === null || high === null ? null : ([ofTolerance(low), ofTolerance(high)] as const);
    return {
      name,
      variance,
      varianceInterval: low === null || high === null ? null : [low, high],
      clamped,
      sd: Math.sqrt(variance),
      contributionPct: share((100 * variance) / total),
      studyVariationPct: share(100 * Math.sqrt(variance / total)),
      tolerancePct: ofTolerance(variance),
      tolerancePctInterval: bounds === null || bounds[0] === null || bounds[1] === null ? null : [bounds[0], bounds[1]],
    };
  });
}

const nothing = {
  variance: null,
  varianceInterval: null,
  clamped: false,
  sd: null,
  contributionPct: null,
  studyVariationPct: null,
  tolerancePct: null,
  tolerancePctInterval: null,
} as const;

const componentOrder = [
  'totalGrr',
  'repeatability',
  'reproducibility',
  'operator',
  'interaction',
  'part',
  'total',
] as const satisfies readonly Component['name'][];
