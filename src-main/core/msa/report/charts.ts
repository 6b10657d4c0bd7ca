/** The charts of each analysis, as data. */
import type {
  AgreementResult,
  Chart,
  GrrResult,
  LinearityResult,
  MsaResult,
  StabilityResult,
  Type1Result,
} from '../../../contract/index.ts';
import { componentFinder, guide, mean } from '../statistics/index.ts';

export function chartsOf(result: MsaResult): readonly Chart[] {
  switch (result.kind) {
    case 'grr':
      return grrCharts(result);
    case 'type1':
      return [runChart(result)];
    case 'linearity':
      return [biasChart(result)];
    case 'agreement':
      return [agreementChart(result)];
    case 'stability':
      return stabilityCharts(result);
  }
}

const byIndex = (values: readonly number[]) => values.map((y, x) => ({ x, y }));

function grrCharts(result: GrrResult): readonly Chart[] {
  return [
    componentsChart(result),
    partChart(result),
    operatorChart(result),
    interactionChart(result),
    ...controlCharts(result),
  ];
}

function componentsChart({ components, settings }: GrrResult): Chart {
  const of = componentFinder(components);
  const shown = [
    ['totalGrr', 'Gauge R&R'],
    ['repeatability', 'Repeatability'],
    ['reproducibility', 'Reproducibility'],
    ['part', 'Part to part'],
  ] as const;
  const bars = (name: string, key: 'contributionPct' | 'studyVariationPct' | 'tolerancePct') => ({
    name,
    kind: 'bar' as const,
    points: shown.flatMap(([component], x) => {
      const y = of(component)[key];
      return y === null ? [] : [{ x, y }];
    }),
  });
  return {
    id: 'components',
    title: 'Components of variation',
    hint: 'The bars of the gauge should be small beside those of the parts.',
    xLabel: '',
    yLabel: '%',
    categories: shown.map(([, label]) => label),
    groups: [],
    series: [
      bars('% contribution', 'contributionPct'),
      bars('% study variation', 'studyVariationPct'),
      ...(settings.tolerance === null ? [] : [bars('% tolerance', 'tolerancePct')]),
    ],
    lines: [
      { label: `${guide.good} %`, value: guide.good, kind: 'guide' },
      { label: `${guide.conditional} %`, value: guide.conditional, kind: 'guide' },
    ],
  };
}

function partChart({ parts, values }: GrrResult): Chart {
  return {
    id: 'by-part',
    title: 'By part',
    hint: 'Values of one part should lie close together, and the means of the parts apart.',
    xLabel: 'Part',
    yLabel: 'Value',
    categories: parts,
    groups: [],
    series: [
      { name: 'Values', kind: 'points', points: values.flatMap((row, x) => row.flat().map((y) => ({ x, y }))) },
      { name: 'Mean', kind: 'line', points: byIndex(values.map((row) => mean(row.flat()))) },
    ],
    lines: [],
  };
}

function operatorChart({ operators, values }: GrrResult): Chart {
  const of = (j: number) => values.flatMap((row) => row[j] ?? []);
  return {
    id: 'by-operator',
    title: 'By operator',
    hint: 'The line through the means should be level.',
    xLabel: 'Operator',
    yLabel: 'Value',
    categories: operators,
    groups: [],
    series: [
      { name: 'Values', kind: 'points', points: operators.flatMap((_, x) => of(x).map((y) => ({ x, y }))) },
      { name: 'Mean', kind: 'line', points: byIndex(operators.map((_, j) => mean(of(j)))) },
    ],
    lines: [],
  };
}

function interactionChart({ parts, operators, values }: GrrResult): Chart {
  return {
    id: 'interaction',
    title: 'Part by operator',
    hint: 'Lines that cross or part show operators who differ on some parts only.',
    xLabel: 'Part',
    yLabel: 'Mean',
    categories: parts,
    groups: [],
    series: operators.map((name, j) => ({
      name,
      kind: 'line',
      points: byIndex(values.map((row) => mean(row[j] ?? []))),
    })),
    lines: [],
  };
}

function controlCharts({ parts, operators, values, ranges }: GrrResult): readonly Chart[] {
  const cells = operators.flatMap((_, j) => values.map((row) => row[j] ?? []));
  const common = {
    xLabel: 'Part, for each operator',
    categories: operators.flatMap(() => parts),
    groups: operators.map((label, j) => ({ label, from: j * parts.length, to: (j + 1) * parts.length - 1 })),
  };
  /** One series for each operator, so that no line runs from one to the next. */
  const perOperator = (points: readonly { x: number; y: number }[]) =>
    operators.map((name, j) => ({
      name,
      kind: 'line' as const,
      points: points.slice(j * parts.length, (j + 1) * parts.length),
    }));
  return [
    {
      ...common,
      id: 'averages',
      title: 'Averages by operator (X-bar chart)',
      hint: 'More than half of the averages should be outside the limits: then the gauge tells the parts apart.',
      yLabel: 'Mean of the trials',
      series: perOperator(byIndex(cells.map(mean))),
      lines: limitLines(ranges.averageLimits),
    },
    {
      ...common,
      id: 'ranges',
      title: 'Ranges by operator (R chart)',
      hint: 'No range should be above the limit; one that is belongs to a measurement to look at.',
      yLabel: 'Range of the trials',
      series: perOperator(byIndex(cells.map((cell) => Math.max(...cell) - Math.min(...cell)))),
      lines: limitLines(ranges.rangeLimits),
    },
  ];
}

function limitLines(limits: { lower: number; centre: number; upper: number }): Chart['lines'] {
  return [
    { label: 'upper limit', value: limits.upper, kind: 'limit' },
    { label: 'mean', value: limits.centre, kind: 'centre' },
    { label: 'lower limit', value: limits.lower, kind: 'limit' },
  ];
}

function runChart({ values, settings, chart }: Type1Result): Chart {
  const tenth = settings.tolerance / 10;
  const { reference } = settings;
  const aim: Chart['lines'] =
    reference === null
      ? [{ label: 'mean', value: chart.centre, kind: 'centre' }]
      : [
          { label: 'reference', value: reference, kind: 'centre' },
          { label: '+ 10 % of tolerance', value: reference + tenth, kind: 'guide' },
          { label: '- 10 % of tolerance', value: reference - tenth, kind: 'guide' },
        ];
  return {
    id: 'run',
    title: 'Run chart',
    hint: 'Values should scatter about the reference, inside a tenth of the tolerance to each side, without trend.',
    xLabel: 'Measurement',
    yLabel: 'Value',
    categories: values.map((_, i) => String(i + 1)),
    groups: [],
    series: [{ name: 'Values', kind: 'line', points: byIndex(values) }],
    lines: [
      ...aim,
      { label: 'upper limit', value: chart.upper, kind: 'limit' },
      { label: 'lower limit', value: chart.lower, kind: 'limit' },
    ],
  };
}

function biasChart({ points, perReference }: LinearityResult): Chart {
  const along = (pick: (row: LinearityResult['perReference'][number]) => number) =>
    perReference.map((row) => ({ x: row.reference, y: pick(row) }));
  return {
    id: 'bias',
    title: 'Bias over reference',
    hint: 'The line of zero bias should lie inside the band everywhere.',
    xLabel: 'Reference',
    yLabel: 'Bias',
    categories: null,
    groups: [],
    series: [
      {
        name: 'Measurements',
        kind: 'points',
        points: points.map(({ reference, bias }) => ({ x: reference, y: bias })),
      },
      { name: 'Mean bias', kind: 'points', points: along((row) => row.bias) },
      { name: 'Line', kind: 'line', points: along((row) => row.line) },
      { name: 'Band, lower', kind: 'line', points: along((row) => row.band[0]) },
      { name: 'Band, upper', kind: 'line', points: along((row) => row.band[1]) },
    ],
    lines: [{ label: 'no bias', value: 0, kind: 'centre' }],
  };
}

function agreementChart({ points, limits, meanDifference }: AgreementResult): Chart {
  return {
    id: 'agreement',
    title: 'Difference over mean (Bland and Altman)',
    hint: 'Differences should scatter evenly, without growing with the mean.',
    xLabel: 'Mean of both',
    yLabel: 'First less second',
    categories: null,
    groups: [],
    series: [{ name: 'Pairs', kind: 'points', points: points.map((p) => ({ x: p.mean, y: p.difference })) }],
    lines: [
      { label: 'upper limit of agreement', value: limits[1], kind: 'limit' },
      { label: 'mean difference', value: meanDifference, kind: 'centre' },
      { label: 'lower limit of agreement', value: limits[0], kind: 'limit' },
    ],
  };
}

function stabilityCharts({ subgroups, averageLimits, rangeLimits }: StabilityResult): readonly Chart[] {
  const common = { xLabel: 'Subgroup', categories: subgroups.map(({ label }) => label), groups: [] };
  const line = (name: string, values: readonly number[]) => [{ name, kind: 'line' as const, points: byIndex(values) }];
  return [
    {
      ...common,
      id: 'averages',
      title: 'Averages (X-bar chart)',
      hint: 'All points should lie inside the limits, without long runs on one side.',
      yLabel: 'Mean',
      series: line(
        'Mean',
        subgroups.map((g) => g.mean),
      ),
      lines: limitLines(averageLimits),
    },
    {
      ...common,
      id: 'ranges',
      title: 'Ranges (R chart)',
      hint: 'All points should lie inside the limits.',
      yLabel: 'Range',
      series: line(
        'Range',
        subgroups.map((g) => g.range),
      ),
      lines: limitLines(rangeLimits),
    },
  ];
}
