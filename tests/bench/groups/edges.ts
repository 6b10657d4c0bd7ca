/** Straight edges drawn from a formula: scatter and bias of our sub-pixel points, and of the public detectors' that are installed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type CameraCurve, cameraCurves, exposureTimes, photograph, sceneSidePx } from '../lib/camera-curves.ts';
import { draw, type IdealEdge, signedDistance, srgb } from '../lib/ideal-edge.ts';
import { writeGreyPng } from '../lib/png.ts';
import { limited, show } from '../lib/rows.ts';
import { deviation, mean, rootMeanSquare, worst } from '../lib/stats.ts';
import { type Context, type Group, peersMissing, type Row } from '../lib/types.ts';

const psfPx = 0.8;
/** Farther from the true line than this is no point of the edge but a false one. */
const reachPx = 2;
const marginPx = 15;
const detectorSigmaPx = 1.5;
const angles = [0, 5, -5, 20, -20, 45, -45] as const;

const placesSchema = z.array(z.tuple([z.number(), z.number()]));
const edgesSchema = z.object({ points: z.array(z.object({ xPx: z.number(), yPx: z.number() })) });
const peersSchema = z.record(z.string(), z.array(z.union([placesSchema, z.string()])));

interface Case {
  readonly name: string;
  readonly angles: readonly number[];
  readonly bits: 8 | 16;
  readonly snr: number;
  /** How light becomes signal; samples are linear where there is none. */
  readonly curve?: CameraCurve;
  /** What the detector is told of that. */
  readonly told: readonly string[];
  /** Side of the square picture; scatter by noise needs many rows to be known well. */
  readonly sizePx: number;
}

interface Score {
  readonly stdPx: number;
  readonly biasPx: number;
  readonly strays: number;
  /** Points found over points expected, one a row of the edge. */
  readonly density: number;
}

/** Signed distances of found places from the true line, those near the picture's border left out. */
function score(pictures: readonly { edge: IdealEdge; places: readonly (readonly [number, number])[] }[]): Score {
  const all = pictures.flatMap(({ edge, places }) => {
    const inner = (value: number) => value >= marginPx && value <= edge.sizePx - 1 - marginPx;
    return places.filter(([x, y]) => inner(x) && inner(y)).map(([x, y]) => signedDistance(edge, x, y));
  });
  const good = all.filter((distance) => Math.abs(distance) <= reachPx);
  const expected = pictures.reduce((sum, { edge }) => sum + edge.sizePx - 2 * marginPx, 0);
  return {
    stdPx: deviation(good),
    biasPx: mean(good),
    strays: all.length - good.length,
    density: good.length / expected,
  };
}

/** Evenly spread fractions of one code, -0.5..0.5 (Weyl sequence). */
const fraction = (at: number, step: number) => ((at * step) % 1) - 0.5;

/**
 * The same edge at evenly spread places within a pixel, so that errors that depend on the place show in the scatter.
 * Encoded levels seldom fall on whole codes: without noise every pixel of a level is then rounded alike, which moves the
 * edge by up to 0.006 px whatever looks for it. Spread levels make that scatter too, so that the bias is the method's own.
 */
function pictures(item: Case, angleDeg: number, phases: number): IdealEdge[] {
  return Array.from({ length: phases }, (_, phase) => ({
    sizePx: item.sizePx,
    angleDeg,
    psfPx,
    offsetPx: phase / phases + 0.13,
    low: (40 + (item.curve ? fraction(phase, 0.618_034) : 0)) / 255,
    high: (200 + (item.curve ? 2 * fraction(phase, 0.754_878) : 0)) / 255,
    snr: item.snr,
    seed: 1 + phase + 100 * Math.abs(angleDeg),
  }));
}

function store(context: Context, item: Case, edge: IdealEdge): string {
  const path = join(context.temp, `edge-${crypto.randomUUID()}.png`);
  const light = draw(edge);
  writeGreyPng(path, item.sizePx, item.sizePx, item.bits, item.curve ? light.map(item.curve) : light);
  return path;
}

interface Scored {
  readonly angleDeg: number;
  readonly ours: Score;
  readonly peers: Readonly<Record<string, Score | string>>;
}

async function measure(context: Context, item: Case, angleDeg: number, phases: number): Promise<Scored> {
  const edges = pictures(item, angleDeg, phases);
  const paths = edges.map((edge) => store(context, item, edge));
  const found: { edge: IdealEdge; places: [number, number][] }[] = [];
  for (const [at, edge] of edges.entries()) {
    const { points } = await context.tools.trugrade(['edges', paths[at] ?? '', ...item.told], edgesSchema);
    found.push({ edge, places: points.map(({ xPx, yPx }) => [xPx, yPx]) });
  }
  return { angleDeg, ours: score(found), peers: await peers(context, edges, paths) };
}

async function peers(context: Context, edges: readonly IdealEdge[], paths: readonly string[]) {
  if (context.python === undefined) return {};
  const [list, out] = [join(context.temp, 'edges.json'), join(context.temp, 'peers.json')];
  writeFileSync(list, JSON.stringify(paths));
  const script = join(context.tools.root, 'tests', 'bench', 'peers', 'edges.py');
  await context.tools.must(context.python, [script, list, out]);
  const found = peersSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
  return Object.fromEntries(
    Object.entries(found).map(([name, perPicture]): [string, Score | string] => {
      const failure = perPicture.find((places) => typeof places === 'string');
      if (typeof failure === 'string') return [name, failure];
      const pairs = edges.map((edge, at) => ({ edge, places: placesSchema.parse(perPicture[at]) }));
      return [name, score(pairs)];
    }),
  );
}

/** Every peer's figure over the angles. */
function beside(
  all: readonly Scored[],
  value: (score: Score) => number,
  over: (values: readonly number[]) => number = worst,
): string {
  const names = [...new Set(all.flatMap(({ peers }) => Object.keys(peers)))];
  if (names.length === 0) return peersMissing;
  return names
    .map((name) => {
      const scores = all.map(({ peers }) => peers[name]);
      const failure = scores.find((entry) => typeof entry === 'string');
      if (typeof failure === 'string') return `${name} failed`;
      return `${name} ${show(over(scores.map((entry) => (typeof entry === 'object' ? value(entry) : Number.NaN))), 4)}`;
    })
    .join('; ');
}

const found = (all: readonly Scored[]) => {
  const strays = all.reduce((sum, { ours }) => sum + ours.strays, 0);
  return `${show(Math.min(...all.map(({ ours }) => ours.density)), 2)} points a row${strays === 0 ? '' : `, ${strays} stray`}`;
};

/**
 * Least standard deviation of a point that a Gaussian window of `sigma` along the edge averages: the bound a scan line,
 * 1.8827 sqrt(blur) / SNR, over the root of its 2 sqrt(pi) sigma effective rows.
 */
const bound = (snr: number) =>
  (1.8827 * Math.sqrt(Math.hypot(psfPx, Math.sqrt(1 / 12)))) /
  snr /
  Math.sqrt(2 * Math.sqrt(Math.PI) * detectorSigmaPx);

function judge(item: Case, all: readonly Scored[]): Row[] {
  const label = `${item.name}, PSF ${psfPx} px`;
  const stds = all.map(({ ours }) => ours.stdPx);
  const common = { unit: 'px', digits: item.bits === 8 ? 4 : 6 };
  const byAngle = all
    .map(({ angleDeg, ours }) => `${angleDeg} deg: std ${show(ours.stdPx, 4)}, bias ${show(ours.biasPx, 4)}`)
    .join('; ');
  const std = (score: Score) => score.stdPx;
  const note = `ours ${byAngle}`;
  if (Number.isFinite(item.snr)) {
    const ratio = (value: number) => value / bound(item.snr);
    const pooled = rootMeanSquare(stds);
    return [
      limited({
        figure: `${label}: std over the bound`,
        value: ratio(pooled),
        unit: 'x',
        digits: 3,
        atMost: 1.1,
        detail: `std ${show(pooled, 4, 'px')}, ${found(all)}`,
        peers: beside(all, (score) => ratio(score.stdPx), rootMeanSquare),
        note: `bound ${show(bound(item.snr), 4, 'px')} at a window of ${detectorSigmaPx} px; ${note}`,
      }),
    ];
  }
  if (item.curve)
    return [
      limited({
        ...common,
        figure: `${label}: largest bias`,
        value: worst(all.map(({ ours }) => ours.biasPx)),
        atMost: 0.005,
        detail: found(all),
        peers: beside(all, (score) => score.biasPx),
        note,
      }),
    ];
  return [
    limited({
      ...common,
      figure: `${label}: worst std of ${all.length} angles`,
      value: Math.max(...stds),
      atMost: item.bits === 8 ? 0.004 : 0.0005,
      detail: found(all),
      peers: beside(all, std),
      note,
    }),
  ];
}

/** A response file from six photographs of a scene by a camera of that curve. */
async function measuredResponse(context: Context, name: string, curve: CameraCurve): Promise<string> {
  const stem = join(context.temp, name.replaceAll(/\W/g, '-'));
  const paths = exposureTimes.map((seconds, i) => {
    const path = `${stem}-${i}.png`;
    writeGreyPng(path, sceneSidePx, sceneSidePx, 8, photograph(curve, seconds, 11 + i));
    return path;
  });
  const out = `${stem}.json`;
  const args = ['calibrate', 'response', ...paths, '--seconds', exposureTimes.join(','), '--out', out];
  await context.tools.trugrade(args, z.object({ curves: z.array(z.unknown()) }));
  return out;
}

export const edges: Group = {
  name: 'edges',
  async run(context) {
    const phases = context.quick ? 4 : 8;
    const few = [0, 5, 20];
    const linear = { told: ['--encoding', 'linear'] };
    const quiet = { snr: Number.POSITIVE_INFINITY, sizePx: 120 };
    const noisy = { angles: few, bits: 8, sizePx: 400, ...linear } as const;
    const cases: Case[] = [
      { name: '8 bit, no noise', angles, bits: 8, ...linear, ...quiet },
      { name: '16 bit (nearest to float), no noise', angles, bits: 16, ...linear, ...quiet },
      { name: '8 bit, SNR 20', snr: 20, ...noisy },
      { name: '8 bit, SNR 50', snr: 50, ...noisy },
      {
        name: '8 bit, gamma encoded',
        angles: few,
        bits: 8,
        curve: srgb,
        told: ['--encoding', 'srgb'],
        ...quiet,
      },
    ];
    const rows: Row[] = [];
    for (const [name, curve] of Object.entries(cameraCurves)) {
      context.say(`edges: response of ${name}`);
      const told = ['--response', await measuredResponse(context, name, curve)];
      cases.push({ name: `8 bit, ${name} by its measured response`, angles: few, bits: 8, curve, told, ...quiet });
    }
    for (const item of cases) {
      context.say(`edges: ${item.name}`);
      const all: Scored[] = [];
      for (const angleDeg of item.angles)
        all.push(await measure(context, item, angleDeg, Number.isFinite(item.snr) || item.curve ? 2 * phases : phases));
      rows.push(...judge(item, all));
    }
    return rows;
  },
};
