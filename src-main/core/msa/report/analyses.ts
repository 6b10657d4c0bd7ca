/** What a report says of each analysis: verdict, tables, charts and the method with its source. */
import type {
  AgreementResult,
  AnovaRow,
  Component,
  GrrResult,
  LinearityResult,
  MsaResult,
  StabilityResult,
  Type1Result,
} from '../../../contract/index.ts';
import { guide } from '../statistics/index.ts';
import { chartsOf } from './charts.ts';
import type { Block, ReportTable } from './document.ts';
import { figure, pct, probability, span } from './figures.ts';

/** The blocks of one result; `unit` stands behind its lengths. */
export function blocksOf(result: MsaResult, unit = ''): readonly Block[] {
  const charts = chartsOf(result).map((chart): Block => ({ kind: 'chart', chart }));
  return [
    { kind: 'verdict', ...result.verdict },
    ...(result.warnings.length > 0 ? [{ kind: 'list' as const, items: result.warnings }] : []),
    ...tablesOf(result, unit).map((table): Block => ({ kind: 'table', table })),
    ...charts,
    { kind: 'text', text: methodOf(result) },
  ];
}

export function tablesOf(result: MsaResult, unit = ''): readonly ReportTable[] {
  switch (result.kind) {
    case 'grr':
      return grrTables(result, unit);
    case 'type1':
      return [type1Table(result, unit)];
    case 'linearity':
      return linearityTables(result);
    case 'agreement':
      return [agreementTable(result)];
    case 'stability':
      return [stabilityTable(result)];
  }
}

const sources: Readonly<Record<AnovaRow['source'], string>> = {
  part: 'Part',
  operator: 'Operator',
  interaction: 'Part x operator',
  repeatability: 'Repeatability',
  total: 'Total',
};
export const componentLabels: Readonly<Record<Component['name'], string>> = {
  totalGrr: 'Total gauge R&R',
  repeatability: '  Repeatability (EV)',
  reproducibility: '  Reproducibility (AV)',
  operator: '    Operator',
  interaction: '    Part x operator',
  part: 'Part to part (PV)',
  total: 'Total variation',
};

function grrTables(result: GrrResult, unit: string): readonly ReportTable[] {
  const { anova, settings, components } = result;
  const byAnova = settings.method === 'anova';
  const list = byAnova
    ? [
        anovaTable('Analysis of variance, with interaction', anova.full),
        ...(anova.reduced ? [anovaTable('Analysis of variance, interaction pooled', anova.reduced)] : []),
      ]
    : [];
  return [...list, componentTable(components, settings, unit), summaryTable(result)];
}

function anovaTable(caption: string, rows: readonly AnovaRow[]): ReportTable {
  return {
    caption,
    head: ['Source', 'DF', 'SS', 'MS', 'F', 'p'],
    rows: rows.map((row) => ({
      cells: [sources[row.source], String(row.df), figure(row.ss), figure(row.ms), figure(row.f), probability(row.p)],
    })),
  };
}

function componentTable(components: readonly Component[], settings: GrrResult['settings'], unit: string): ReportTable {
  const { tolerance, studyK, confidence } = settings;
  const withIntervals = components.some((c) => c.varianceInterval !== null);
  const level = `${figure(100 * confidence, 3)} %`;
  return {
    caption: `Components of variation${unit === '' ? '' : `, ${unit}`}`,
    head: [
      'Source',
      'Variance',
      ...(withIntervals ? [`${level} interval`] : []),
      '% contribution',
      'Std dev',
      `Study var (${figure(studyK)} s)`,
      '% study var',
      ...(tolerance === null ? [] : [`% tolerance (${figure(tolerance)})`]),
    ],
    rows: components
      .filter((c) => c.variance !== null)
      .map((c) => ({
        cells: [
          componentLabels[c.name],
          `${figure(c.variance)}${c.clamped ? ' (set to 0)' : ''}`,
          ...(withIntervals ? [span(c.varianceInterval)] : []),
          pct(c.contributionPct),
          figure(c.sd),
          figure(c.sd === null ? null : c.sd * studyK),
          pct(c.studyVariationPct),
          ...(tolerance === null ? [] : [pct(c.tolerancePct)]),
        ],
      })),
  };
}

function summaryTable({
  ndc,
  ndcUnrounded,
  anova,
  settings,
  components,
  trials,
  parts,
  operators,
}: GrrResult): ReportTable {
  const gauge = components.find((c) => c.name === 'totalGrr');
  const interval = gauge?.tolerancePctInterval;
  return {
    caption: 'Summary',
    head: ['', ''],
    rows: [
      { cells: ['Study', `${parts.length} parts x ${operators.length} operators x ${trials} trials`] },
      { cells: ['Method', settings.method === 'anova' ? 'ANOVA' : 'average and range'] },
      ...(settings.method === 'anova'
        ? [{ cells: ['Pooling', anova.decision] }, { cells: ['alpha of pooling', figure(settings.alpha)] }]
        : []),
      { cells: ['Distinct categories (ndc)', ndc === null ? '-' : `${ndc} (${figure(ndcUnrounded, 4)} unrounded)`] },
      ...(interval
        ? [{ cells: ['% tolerance of gauge R&R, interval', `${pct(interval[0])} to ${pct(interval[1])}`] }]
        : []),
    ],
  };
}

function type1Table(result: Type1Result, unit: string): ReportTable {
  const { settings } = result;
  const rows: (readonly [string, string])[] = [
    ['Measurements', String(result.n)],
    ['Reference', figure(settings.reference)],
    ['Tolerance', figure(settings.tolerance)],
    ['Mean', figure(result.mean)],
    ['Bias', figure(result.bias)],
    [`Bias, ${figure(100 * settings.confidence, 3)} % interval`, span(result.biasInterval)],
    ['Standard deviation', figure(result.sd)],
    [`Study variation (${figure(settings.spread)} s)`, figure(result.studyVariation)],
    ['t of the bias', figure(result.t)],
    ['p of the bias', probability(result.p)],
    [`Cg (K = ${figure(settings.percent)} %, L = ${figure(settings.spread)})`, figure(result.cg, 4)],
    ['Cgk', figure(result.cgk, 4)],
    ['% variation, repeatability', pct(result.repeatabilityPct)],
    ['% variation, repeatability and bias', pct(result.repeatabilityAndBiasPct)],
    ['Resolution, % of tolerance', pct(result.resolutionPct)],
  ];
  return {
    caption: `Type-1 study${unit === '' ? '' : `, ${unit}`}`,
    head: ['', ''],
    rows: rows.map((cells) => ({ cells })),
  };
}

function linearityTables(result: LinearityResult): readonly ReportTable[] {
  const line: ReportTable = {
    caption: `Bias = ${figure(result.intercept)} + ${figure(result.slope)} x reference`,
    head: ['Term', 'Value', 'Std error', 't', 'p'],
    rows: [
      {
        cells: [
          'Intercept',
          figure(result.intercept),
          figure(result.interceptError),
          figure(result.interceptT),
          probability(result.interceptP),
        ],
      },
      {
        cells: [
          'Slope',
          figure(result.slope),
          figure(result.slopeError),
          figure(result.slopeT),
          probability(result.slopeP),
        ],
      },
      {
        cells: [
          'Average bias',
          figure(result.averageBias),
          '',
          figure(result.averageBiasT),
          probability(result.averageBiasP),
        ],
      },
      { cells: ['S of the residuals', figure(result.residualSd), '', '', ''] },
      { cells: ['R squared', figure(result.rSquared), '', '', ''] },
      { cells: ['% linearity', pct(result.linearityPct), '', '', ''] },
      ...(result.linearity === null ? [] : [{ cells: ['Linearity', figure(result.linearity), '', '', ''] }]),
    ],
  };
  const points: ReportTable = {
    caption: 'Bias at each reference',
    head: ['Reference', 'n', 'Bias', 'Std dev', 't', 'p', 'Line', 'Band'],
    rows: result.perReference.map((row) => ({
      cells: [
        figure(row.reference),
        String(row.n),
        figure(row.bias),
        figure(row.sd),
        figure(row.t),
        probability(row.p),
        figure(row.line),
        span(row.band),
      ],
    })),
  };
  return [line, points];
}

function agreementTable(result: AgreementResult): ReportTable {
  const rows: (readonly [string, string, string])[] = [
    ['Mean difference', figure(result.meanDifference), span(result.meanInterval)],
    ['Lower limit of agreement', figure(result.limits[0]), span(result.lowerLimitInterval)],
    ['Upper limit of agreement', figure(result.limits[1]), span(result.upperLimitInterval)],
    ['Standard deviation', figure(result.sd), ''],
    ['Pairs', String(result.n), ''],
  ];
  const head = ['', 'Value', `${figure(100 * result.confidence, 3)} % interval`];
  return { caption: 'Limits of agreement', head, rows: rows.map((cells) => ({ cells })) };
}

function stabilityTable(result: StabilityResult): ReportTable {
  const { averageLimits: a, rangeLimits: r } = result;
  return {
    caption: 'Control limits',
    head: ['Chart', 'Lower', 'Centre', 'Upper', 'Points outside'],
    rows: [
      { cells: ['Averages', figure(a.lower), figure(a.centre), figure(a.upper), String(result.averagesOut.length)] },
      { cells: ['Ranges', figure(r.lower), figure(r.centre), figure(r.upper), String(result.rangesOut.length)] },
    ],
  };
}

/** How it was worked out, with the source. */
export function methodOf(result: MsaResult): string {
  switch (result.kind) {
    case 'grr':
      return result.settings.method === 'anova'
        ? `Method: two-way random-effects analysis of variance (AIAG MSA, 4th edition; Montgomery, Design and Analysis of Experiments). Pooling rule: the interaction is pooled when its p-value is above alpha = ${figure(result.settings.alpha)} (AIAG 0.25; Minitab's default is 0.05). Components below zero are set to zero. ndc = 1.414 PV / GRR, rounded down. Intervals by the modified large-sample method (Graybill and Wang 1980; Ting et al. 1990). Guide values: ${guide.good} % and ${guide.conditional} %, at least ${guide.categories} categories (AIAG).`
        : `Method: average and range (AIAG MSA, 4th edition, with its printed K factors from d2*). The interaction of part and operator is not told apart. ndc = 1.41 PV / GRR, rounded down. Guide values: ${guide.good} % and ${guide.conditional} %, at least ${guide.categories} categories (AIAG).`;
    case 'type1':
      return 'Method: Cg = (K/100 T) / (L s), Cgk = (K/200 T - |bias|) / (L/2 s) (Bosch booklet 10; VDA 5); t-test of the bias against zero.';
    case 'linearity':
      return 'Method: least-squares line of bias over reference with t-tests and the confidence band of the line (AIAG MSA, 4th edition). The average bias is tested by the spread of all biases.';
    case 'agreement':
      return 'Method: limits of agreement (Bland and Altman, Lancet 1986); standard error of a limit sqrt(3 s^2 / n).';
    case 'stability':
      return 'Method: averages and ranges charts with limits at three standard deviations (Shewhart), runs of eight on one side (Western Electric).';
  }
}
