/** Lays a chart out as plain shapes, so that SVG and PDF draw the same picture. Units: points, x right, y down. */
import type { Chart } from '../../../contract/index.ts';
import { niceTicks } from './ticks.ts';

export type Anchor = 'start' | 'middle' | 'end';
export type Shape =
  | {
      readonly kind: 'line';
      readonly points: readonly (readonly [number, number])[];
      readonly colour: string;
      readonly width: number;
      readonly dash?: readonly [number, number];
    }
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly colour: string;
    }
  | { readonly kind: 'dot'; readonly x: number; readonly y: number; readonly radius: number; readonly colour: string }
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly size: number;
      readonly anchor: Anchor;
      readonly colour: string;
      readonly turned?: boolean;
    };

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

const ink = {
  text: '#1d2428',
  dim: '#5a666d',
  grid: '#dde3e6',
  frame: '#8d999f',
  limit: '#b0201c',
  centre: '#1a6b35',
  guide: '#855000',
} as const;
/** Distinct for readers who confuse red and green (Okabe and Ito 2008), without their yellow, too pale on paper. */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'] as const;
export const seriesColour = (index: number): string => palette[index % palette.length] ?? palette[0];

const size = { width: 480, height: 206 } as const;
const box = { left: 56, right: 14, top: 26, bottom: 46 } as const;
const small = 8;

export function draw(chart: Chart): Drawing {
  const scale = scales(chart);
  return {
    ...size,
    shapes: [
      ...frame(chart, scale),
      ...panels(chart, scale),
      ...lines(chart, scale),
      ...series(chart, scale),
      ...legend(chart),
    ],
  };
}

interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly { value: number; label: string }[];
  /** Width of one category. */
  readonly step: number;
}

const right = size.width - box.right;
const bottom = size.height - box.bottom;

function scales(chart: Chart): Scale {
  const ys = [...chart.series.flatMap((s) => s.points.map((p) => p.y)), ...chart.lines.map((l) => l.value)];
  if (chart.series.some((s) => s.kind === 'bar')) ys.push(0);
  const ticks = niceTicks(Math.min(...ys), Math.max(...ys), 6);
  const [low, high] = [ticks[0]?.value ?? 0, ticks.at(-1)?.value ?? 1];
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - box.top);
  if (chart.categories) {
    const count = Math.max(1, chart.categories.length);
    const step = (right - box.left) / count;
    const xTicks = chart.categories.map((_, i) => i);
    return { x: (i) => box.left + (i + 0.5) * step, y, xTicks, yTicks: ticks, step };
  }
  const xs = chart.series.flatMap((s) => s.points.map((p) => p.x));
  const along = niceTicks(Math.min(...xs), Math.max(...xs), 8);
  const [from, to] = [along[0]?.value ?? 0, along.at(-1)?.value ?? 1];
  const x = (value: number) => box.left + ((value - from) / (to - from)) * (right - box.left);
  return { x, y, xTicks: along.map((t) => t.value), yTicks: ticks, step: 0 };
}

function frame(chart: Chart, scale: Scale): Shape[] {
  const shapes: Shape[] = [text(box.left, 12, chart.title, 'start', ink.text, 10)];
  for (const { value, label } of scale.yTicks) {
    shapes.push(
      stroke(
        [
          [box.left, scale.y(value)],
          [right, scale.y(value)],
        ],
        ink.grid,
        0.5,
      ),
    );
    shapes.push(text(box.left - 5, scale.y(value) + 3, label, 'end', ink.dim, small));
  }
  // As many names as fit without touching.
  const every = Math.max(1, Math.ceil(scale.xTicks.length / 30));
  for (const [i, value] of scale.xTicks.entries()) {
    if (i % every !== 0) continue;
    const label = chart.categories?.[value] ?? String(Number(value.toPrecision(6)));
    shapes.push(text(scale.x(value), bottom + 11, short(label, scale.step), 'middle', ink.dim, small));
  }
  shapes.push(
    stroke(
      [
        [box.left, box.top],
        [box.left, bottom],
        [right, bottom],
      ],
      ink.frame,
      0.75,
    ),
  );
  shapes.push(text((box.left + right) / 2, bottom + 23, chart.xLabel, 'middle', ink.dim, small));
  shapes.push({ ...text(10, (box.top + bottom) / 2, chart.yLabel, 'middle', ink.dim, small), turned: true });
  return shapes;
}

/** Names cut to what a category has room for; about 4.4 points a letter at this size. */
function short(label: string, step: number): string {
  const room = Math.max(3, Math.floor(step / 4.4));
  return step === 0 || label.length <= room ? label : `${label.slice(0, room - 1)}.`;
}

function panels(chart: Chart, scale: Scale): Shape[] {
  return chart.groups.flatMap(({ label, from, to }, i) => {
    const left = scale.x(from) - scale.step / 2;
    const name = text((scale.x(from) + scale.x(to)) / 2, box.top - 3, label, 'middle', ink.dim, small);
    return i === 0
      ? [name]
      : [
          name,
          stroke(
            [
              [left, box.top],
              [left, bottom],
            ],
            ink.frame,
            0.5,
          ),
        ];
  });
}

function lines(chart: Chart, scale: Scale): Shape[] {
  return chart.lines.flatMap(({ label, value, kind }) => [
    {
      ...stroke(
        [
          [box.left, scale.y(value)],
          [right, scale.y(value)],
        ],
        ink[kind],
        0.8,
      ),
      ...(kind === 'centre' ? {} : { dash: [4, 3] as const }),
    },
    text(right - 2, scale.y(value) - 2, label, 'end', ink[kind], 6.5),
  ]);
}

function series(chart: Chart, scale: Scale): Shape[] {
  const bars = chart.series.filter((s) => s.kind === 'bar').length;
  const thickness = (scale.step * 0.7) / Math.max(1, bars);
  return chart.series.flatMap(({ kind, points }, i): Shape[] => {
    const colour = seriesColour(i);
    const dots = points.map((p): Shape => ({ kind: 'dot', x: scale.x(p.x), y: scale.y(p.y), radius: 1.8, colour }));
    if (kind === 'points') return dots;
    if (kind === 'line')
      return [
        stroke(
          points.map((p) => [scale.x(p.x), scale.y(p.y)] as const),
          colour,
          1.1,
        ),
        ...dots,
      ];
    return points.map((p) => {
      const x = scale.x(p.x) - scale.step * 0.35 + i * thickness;
      const [from, to] = [scale.y(0), scale.y(p.y)];
      return { kind: 'rect', x, y: Math.min(from, to), width: thickness * 0.92, height: Math.abs(to - from), colour };
    });
  });
}

function legend(chart: Chart): Shape[] {
  if (chart.series.length < 2) return [];
  const shapes: Shape[] = [];
  let x = box.left;
  const y = size.height - 8;
  for (const [i, { name }] of chart.series.entries()) {
    const shown = name.length > 18 ? `${name.slice(0, 17)}.` : name;
    shapes.push({ kind: 'rect', x, y: y - 6, width: 7, height: 7, colour: seriesColour(i) });
    shapes.push(text(x + 10, y, shown, 'start', ink.text, small));
    x += 18 + 4.6 * shown.length;
    if (x > right - 40) break;
  }
  return shapes;
}

function stroke(points: readonly (readonly [number, number])[], colour: string, width: number) {
  return { kind: 'line' as const, points, colour, width };
}

function text(x: number, y: number, content: string, anchor: Anchor, colour: string, points: number) {
  return { kind: 'text' as const, x, y, text: content, size: points, anchor, colour };
}
