/** The golden gauge studies of `../shared/data/msa`: every number of the file beside ours, found by walking the file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type GrrResult, grrSettingsSchema, type Ranges, type Type1Result } from '../../src-main/contract/msa.ts';
import { componentFinder, crossed, gaugeRr, linearity, type1 } from '../../src-main/core/msa/statistics/index.ts';
import { crossedReadings, plainValues, readTable, referenceReadings } from '../../src-main/core/msa/table/index.ts';

export interface Compared {
  /** Where the number stands in the golden file. */
  readonly path: string;
  readonly golden: unknown;
  readonly ours: unknown;
}

const nodeSchema = z.looseObject({});
const inputsSchema = z.looseObject({
  alpha: z.number().optional(),
  pooled: z.boolean().optional(),
  tolerance: z.number().optional(),
  k: z.number().optional(),
  ref: z.number().optional(),
  K: z.number().optional(),
  L: z.number().optional(),
});
const goldenSchema = z.record(z.string(), z.looseObject({ csv: z.string() }));

/** All leaves of the golden file but texts, each with the value that our analysis of the CSV gives. */
export function compareGolden(folder: string): readonly Compared[] {
  const golden = goldenSchema.parse(JSON.parse(readFileSync(join(folder, 'msa_golden.json'), 'utf8')));
  return Object.entries(golden).flatMap(([name, { csv, published: _, ...analyses }]) => {
    const table = readTable(readFileSync(join(folder, csv), 'utf8'), csv);
    if ('slope' in analyses)
      return walk(analyses, linearityShape(linearity(referenceReadings(table), linearityDefaults)), name);
    return Object.entries(analyses).flatMap(([analysis, node]) => {
      const ours = analyse(analysis, inputsSchema.parse(node), table);
      return walk(node, ours, `${name}.${analysis}`);
    });
  });
}

type Inputs = z.infer<typeof inputsSchema>;
const linearityDefaults = { processVariation: null, alpha: 0.05, confidence: 0.95 };

function analyse(analysis: string, inputs: Inputs, table: ReturnType<typeof readTable>): unknown {
  if (inputs.ref !== undefined)
    return type1Shape(
      type1(plainValues(table), {
        ...{ reference: inputs.ref, tolerance: inputs.tolerance ?? Number.NaN },
        ...{ percent: inputs.K ?? Number.NaN, spread: inputs.L ?? Number.NaN },
        ...{ resolution: null, limit: 1.33, confidence: 0.95 },
      }),
    );
  const study = crossed(crossedReadings(table));
  const method = analysis === 'xbar_r' ? 'xbar-r' : 'anova';
  const interaction = analysis.endsWith('forced') ? 'keep' : 'auto';
  const given = { method, interaction, alpha: inputs.alpha, tolerance: inputs.tolerance, studyK: inputs.k };
  const result = gaugeRr(study, grrSettingsSchema.parse(given));
  return method === 'anova' ? anovaShape(result) : rangesShape(result, result.ranges);
}

function walk(golden: unknown, ours: unknown, path: string): readonly Compared[] {
  if (typeof golden === 'string') return [];
  if (golden === null || typeof golden !== 'object') return [{ path, golden, ours }];
  const mine = nodeSchema.safeParse(ours).data;
  return Object.entries(golden).flatMap(([key, value]) => walk(value, mine?.[key], `${path}.${key}`));
}

/** Relative difference; 0 where both are equal or both absent, infinite where one of them is missing. */
export function differs({ golden, ours }: Compared): number {
  if (golden === ours) return 0;
  if (typeof golden !== 'number' || typeof ours !== 'number') return Number.POSITIVE_INFINITY;
  return Math.abs(ours - golden) / Math.max(Math.abs(golden), 1e-300);
}

const componentKeys = {
  total_grr: 'totalGrr',
  repeatability: 'repeatability',
  reproducibility: 'reproducibility',
  operator: 'operator',
  interaction: 'interaction',
  part: 'part',
  total: 'total',
} as const;

function anovaShape(result: GrrResult): unknown {
  const of = componentFinder(result.components);
  const perComponent = (key: 'variance' | 'sd' | 'contributionPct' | 'studyVariationPct' | 'tolerancePct') =>
    Object.fromEntries(Object.entries(componentKeys).map(([name, ours]) => [name, of(ours)[key]]));
  const column = (rows: GrrResult['anova']['full'], key: 'ss' | 'df' | 'ms' | 'f' | 'p') =>
    Object.fromEntries(rows.map((row) => [row.source, row[key]]));
  const { full, reduced, pooled } = result.anova;
  const error = reduced?.find((row) => row.source === 'repeatability');
  return {
    p: result.parts.length,
    o: result.operators.length,
    r: result.trials,
    full: {
      SS: column(full, 'ss'),
      DF: column(full, 'df'),
      MS: column(full, 'ms'),
      F: column(full, 'f'),
      p: column(full, 'p'),
    },
    reduced: reduced && {
      SS_repeatability: error?.ss,
      DF_repeatability: error?.df,
      MS_repeatability: error?.ms,
      F: column(reduced, 'f'),
      p: column(reduced, 'p'),
    },
    alpha: result.settings.alpha,
    pooled,
    varcomp: perComponent('variance'),
    pct_contribution: perComponent('contributionPct'),
    stddev: perComponent('sd'),
    pct_study_var: perComponent('studyVariationPct'),
    pct_tolerance: perComponent('tolerancePct'),
    tolerance: result.settings.tolerance,
    k: result.settings.studyK,
    ndc_raw: result.ndcUnrounded,
    ndc: result.ndc,
  };
}

function rangesShape(result: GrrResult, ranges: Ranges): unknown {
  const share = (value: number) => (100 * value) / ranges.totalVariation;
  return {
    Rbar_by_operator: Object.fromEntries(result.operators.map((name, i) => [name, ranges.meanRangeByOperator[i]])),
    Rbarbar: ranges.meanRange,
    Xbar_diff: ranges.operatorDifference,
    Rp: ranges.partRange,
    UCL_R: ranges.rangeLimits.upper,
    EV: ranges.equipmentVariation,
    AV: ranges.appraiserVariation,
    GRR: ranges.gaugeVariation,
    PV: ranges.partVariation,
    TV: ranges.totalVariation,
    pct: {
      EV: share(ranges.equipmentVariation),
      AV: share(ranges.appraiserVariation),
      GRR: share(ranges.gaugeVariation),
      PV: share(ranges.partVariation),
    },
    ndc_raw: result.ndcUnrounded,
    ndc: result.ndc,
  };
}

function type1Shape(result: Type1Result): unknown {
  const { n, mean, bias, t, p, settings } = result;
  return {
    ...{ n, mean, bias, t, p, s: result.sd, SV: result.studyVariation },
    ...{ ref: settings.reference, tolerance: settings.tolerance, K: settings.percent, L: settings.spread },
    ...{ Cg: result.cg, Cgk: result.cgk },
    pct_var_rep: result.repeatabilityPct,
    pct_var_rep_bias: result.repeatabilityAndBiasPct,
  };
}

function linearityShape(result: ReturnType<typeof linearity>): unknown {
  return {
    intercept: result.intercept,
    slope: result.slope,
    R2: result.rSquared,
    s: result.residualSd,
    se_slope: result.slopeError,
    t_slope: result.slopeT,
    p_slope: result.slopeP,
    se_intercept: result.interceptError,
    t_intercept: result.interceptT,
    pct_linearity: result.linearityPct,
    per_reference: Object.fromEntries(result.perReference.map((row) => [row.reference.toFixed(1), row])),
    average_bias: result.averageBias,
    p_average: result.averageBiasP,
  };
}
