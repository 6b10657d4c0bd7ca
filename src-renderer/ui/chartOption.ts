/** From a chart's description to the option that ECharts takes. Pure. */
import type { EChartsCoreOption } from 'echarts/core';
import type { Chart } from '../../src-main/contract/charts.ts';
import { significant } from '../messages/format.ts';

interface Ink {
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly limit: string;
  readonly centre: string;
  readonly guide: string;
  readonly series: readonly string[];
}

/** The tokens of the theme as plain colours: SVG attributes know no custom properties in gradients and exports. */
const inks: Readonly<Record<'light' | 'dark', Ink>> = {
  light: {
    ...{ text: '#15191c', dim: '#505b63', line: '#d3d9dd', limit: '#b0201c', centre: '#1a6b35', guide: '#855000' },
    // Okabe and Ito (2008), distinct for readers who confuse red and green.
    series: ['#0072b2', '#c14e00', '#007d5a', '#a8527f', '#2a7fb0', '#8a6200', '#222222'],
  },
  dark: {
    ...{ text: '#e9eef0', dim: '#a3afb6', line: '#30383d', limit: '#ff8d85', centre: '#74d18d', guide: '#f2bd52' },
    series: ['#56b4e9', '#ff9a52', '#3ad1a2', '#e79ac3', '#9ad0f0', '#e6c04d', '#dddddd'],
  },
};

export function chartOption(chart: Chart, scheme: 'light' | 'dark'): EChartsCoreOption {
  const ink = inks[scheme];
  const axis = { axisLine: { lineStyle: { color: ink.dim } }, axisLabel: { color: ink.dim, fontSize: 11 } };
  const many = chart.series.length > 1;
  return {
    animation: false,
    color: [...ink.series],
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 64, right: 96, top: chart.groups.length > 0 ? 30 : 14, bottom: many ? 56 : 40 },
    tooltip: { trigger: 'item', confine: true, valueFormatter: shown },
    ...(many ? { legend: { bottom: 0, textStyle: { color: ink.text, fontSize: 11 }, type: 'scroll' } } : {}),
    xAxis: {
      ...axis,
      ...{ name: chart.xLabel, nameLocation: 'middle', nameGap: 24, nameTextStyle: { color: ink.dim, fontSize: 11 } },
      ...(chart.categories ? { type: 'category', data: chart.categories } : { type: 'value', scale: true, ...noGrid }),
    },
    yAxis: {
      ...axis,
      ...{ name: chart.yLabel, nameLocation: 'middle', nameGap: 46, nameTextStyle: { color: ink.dim, fontSize: 11 } },
      type: 'value',
      scale: !chart.series.some(({ kind }) => kind === 'bar'),
      splitLine: { lineStyle: { color: ink.line } },
      ...reachOf(chart),
    },
    series: chart.series.map((series, i) => ({
      ...seriesOf(series, chart),
      ...(i === 0 ? { markLine: linesOf(chart, ink) } : {}),
    })),
  };
}

const noGrid = { splitLine: { show: false } };
const shown = (value: unknown): string =>
  (Array.isArray(value) ? value : [value])
    .map((v) => (typeof v === 'number' ? significant(v, 5) : String(v)))
    .join(', ');

/** Limits outside the data must be on the picture too. */
function reachOf({ series, lines }: Chart): { min?: number; max?: number } {
  const ys = series.flatMap(({ points }) => points.map(({ y }) => y));
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const values = lines.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = 0.05 * (Math.max(high, most) - Math.min(low, least));
  return { ...(least < low ? { min: tidy(least - room) } : {}), ...(most > high ? { max: tidy(most + room) } : {}) };
}

const tidy = (value: number): number => Number(value.toPrecision(3));

function seriesOf({ name, kind, points }: Chart['series'][number], chart: Chart) {
  const data = points.map(({ x, y }) => [x, y]);
  const type = { bar: 'bar', line: 'line', points: 'scatter' }[kind];
  return { name, type, data, symbolSize: kind === 'points' ? 6 : 5, ...(chart.categories ? {} : { smooth: false }) };
}

function linesOf({ lines, groups }: Chart, ink: Ink) {
  const limits = lines.map(({ label, value, kind }) => ({
    yAxis: value,
    name: label,
    lineStyle: { color: ink[kind], type: kind === 'centre' ? 'solid' : 'dashed' },
    label: { formatter: label, color: ink[kind], fontSize: 10, position: 'end', width: 90, overflow: 'truncate' },
  }));
  const panels = groups.map(({ label, from }) => ({
    xAxis: from,
    name: label,
    lineStyle: { color: ink.dim, type: 'dotted' },
    label: { formatter: label, color: ink.dim, fontSize: 10, position: 'end' },
  }));
  return { symbol: 'none', silent: true, data: [...limits, ...panels] };
}
