/** Times and memory on this machine: native cores after decoding, a whole side, decoding, starts. Medians with their spread. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { load } from '../lib/machine.ts';
import { reportSchema } from '../lib/report.ts';
import { type Limit, limited, show, skipped } from '../lib/rows.ts';
import { median, spread } from '../lib/stats.ts';
import { type Context, type Group, peersMissing, type Row } from '../lib/types.ts';
import { gpu } from './gpu-speed.ts';
import { wholeSide } from './whole-side.ts';

const timed = (runs: readonly number[], limit: Omit<Limit, 'value'>): Row =>
  limited({ ...limit, value: median(runs), detail: `${spread(runs, limit.digits)}; load ${load()}` });

/** Repeats an example whose every run prints a median, and collects the numbers a pattern finds. */
async function medians(context: Context, crate: string, pattern: RegExp, runs: number, args: readonly string[] = []) {
  const found = new Map<string, { ms: number; rest: string }[]>();
  for (let run = 0; run < runs; run += 1) {
    const output = await context.tools.example(crate, `${crate}_speed`, args);
    for (const [, name = '', ms, rest = ''] of output.matchAll(pattern))
      found.set(name.trim(), [...(found.get(name.trim()) ?? []), { ms: Number(ms), rest }]);
  }
  if (found.size === 0) throw new Error(`the speed example of ${crate} printed nothing that ${pattern} finds`);
  return found;
}

async function measurement(context: Context): Promise<Row[]> {
  const found = await medians(context, 'measure', /^(.+?): outline .* all ([\d.]+) ms \((.*)\)$/gm, 5);
  return [...found].map(([name, runs]) =>
    timed(
      runs.map(({ ms }) => ms),
      {
        figure: `24 points, ${name}`,
        unit: 'ms',
        digits: 1,
        ...(name.startsWith('mean') ? {} : { atMost: 15 }),
        note: `each run is a ${runs[0]?.rest ?? 'median'}`,
      },
    ),
  );
}

/** Limits of the issue on 2 cores, ms, by the words that a figure begins with. */
const solverLimits: readonly (readonly [string, number])[] = [
  ['least squares, 1 % noise', 60],
  ['auto, 1 % noise', 60],
  ['auto, 10 % of the card glossy', 60],
  ['pixel-wise maps together', 120],
  ['height', 600],
];

async function solver(context: Context): Promise<Row[]> {
  const frames = join(context.temp, 'frames.u16');
  const pattern = /^(.+?)\s+([\d.]+) ms wall\s+(\d+) ms processor/gm;
  const found = await medians(context, 'photometric', pattern, context.quick ? 2 : 5, ['--frames', frames]);
  const rows = [...found].map(([name, list]) => {
    const limit = solverLimits.find(([figure]) => figure === name)?.[1];
    return timed(
      list.map(({ ms }) => ms),
      {
        figure: `12 MP x 8 x 16 bit: ${name}`,
        unit: 'ms',
        digits: 0,
        ...(limit === undefined ? {} : { atMost: limit }),
        note: `each run is a median of 5; least processor time ${show(Math.min(...list.map(({ rest }) => Number(rest))), 0, 'ms')} on both cores`,
      },
    );
  });
  const ours = (found.get('least squares, 1 % noise') ?? []).map(({ ms }) => ms);
  rows.push(await againstNumpy(context, frames, ours));
  rmSync(frames, { force: true });
  return rows;
}

/** The same least squares of the same frames by numpy, right after ours. */
async function againstNumpy(context: Context, frames: string, ours: readonly number[]): Promise<Row> {
  const figure = "12 MP x 8 x 16 bit: numpy's float32 least squares over ours";
  if (context.python === undefined) return skipped(figure, peersMissing, '>= 4 x');
  const script = join(context.tools.root, 'tests', 'bench', 'peers', 'numpy_speed.py');
  const { stdout } = await context.tools.must(context.python, [script, frames]);
  const runs = z.array(z.number()).parse(JSON.parse(stdout));
  return limited({
    figure,
    value: median(runs) / median(ours),
    unit: 'x',
    digits: 1,
    atLeast: 4,
    detail: `ours ${show(median(ours), 0, 'ms')}; load ${load()}`,
    peers: `numpy ${show(median(runs), 0, 'ms')} (${spread(runs, 0)})`,
    note: 'without rejection; ours also gives residual and confidence',
  });
}

/** One simulated side at bench resolution, graded five times: decoding, stages, all. */
async function side(context: Context): Promise<Row[]> {
  const folder = join(context.temp, 'side');
  await context.tools.trugrade(['simulate', '--out', folder, '--seed', '1'], z.looseObject({}));
  const [decode, total, work]: [number[], number[], number[]] = [[], [], []];
  let stages = '';
  for (let run = 0; run < 5; run += 1) {
    const { timingMs, quality } = await context.tools.trugrade(['grade', folder], reportSchema);
    decode.push(timingMs.decode ?? Number.NaN);
    total.push(timingMs.total ?? Number.NaN);
    work.push((timingMs.total ?? Number.NaN) - (quality.stages.find((s) => s.stage === 'acquisition')?.ms ?? 0));
    stages = quality.stages.map(({ stage, ms }) => `${stage} ${show(ms, 0)}`).join(', ');
  }
  rmSync(folder, { recursive: true, force: true });
  const common = { unit: 'ms', digits: 0 };
  return [
    timed(decode, { ...common, figure: 'decode 8 x 4.8 MP RGB PNG of 16 bit (200 MB)' }),
    timed(total, { ...common, figure: 'whole grade of that side, files to report', note: `last run: ${stages}` }),
    timed(work, { ...common, figure: 'whole grade after acquisition, in a program that has just started' }),
  ];
}

/** What `normals` and `grade` hold at most over the frames' own size: grey frames of 12 and 4.8 megapixels, RGB ones of 4.8. */
async function memory(context: Context): Promise<Row[]> {
  const idle = await context.tools.peakBytes(['--help']);
  const cameras = [
    { camera: 'grey', channels: 1, flags: ['--pitch', '0.0252', '--grey'] },
    { camera: 'grey', channels: 1, flags: ['--grey'] },
    { camera: 'RGB', channels: 3, flags: [] },
  ];
  const rows: Row[] = [];
  for (const { camera, channels, flags } of cameras) {
    const folder = join(context.temp, `memory-${rows.length}`);
    await context.tools.trugrade(['simulate', '--out', folder, '--seed', '2', ...flags], z.looseObject({}));
    const truth = z.object({ imagePx: z.tuple([z.number(), z.number()]) });
    const [widthPx, heightPx] = truth.parse(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'))).imagePx;
    const raw = widthPx * heightPx * 2 * 8 * channels;
    const size = `${show((widthPx * heightPx) / 1e6, 1)} MP x 8 x 16 bit`;
    const row = async (name: string, args: readonly string[]) => {
      const used = (await context.tools.peakBytes(args)) - idle;
      return limited({
        figure: `peak memory of ${name}, ${size}, ${camera}`,
        value: used / raw,
        unit: 'x raw',
        digits: 2,
        atMost: 2.5,
        detail: `${show(used / 2 ** 20, 0)} MiB over ${show(raw / 2 ** 20, 0)}`,
        note: `frames and maps are in it, the idle program's ${show(idle / 2 ** 20, 0)} MiB are left out`,
      });
    };
    rows.push(await row('normals', ['normals', folder, '--out', join(context.temp, 'n.npy')]));
    rows.push(await row('grade', ['grade', folder, '--json']));
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

/** Milliseconds until a program prints an address; then it is told to stop. */
async function untilAddress(command: string, args: readonly string[], root: string): Promise<number> {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...env } = process.env;
  const started = performance.now();
  const child: ChildProcess = spawn(command, args, {
    cwd: root,
    env: { ...env, TRUGRADE_NO_BROWSER: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const ms = await new Promise<number>((resolve, reject) => {
    let [heard, complaint] = ['', ''];
    const limit = setTimeout(() => reject(new Error(`${args[0]}: no address within 120 s`)), 120_000);
    child.stderr?.on('data', (part) => {
      complaint += part;
    });
    child.stdout?.on('data', (part) => {
      heard += part;
      if (!/https?:\/\//.test(heard)) return;
      clearTimeout(limit);
      resolve(performance.now() - started);
    });
    child.on('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`${args[0]} ended with ${code} before it had an address: ${complaint.slice(-400)}`));
    });
  }).finally(() => child.kill('SIGTERM'));
  await ended;
  return ms;
}

async function starts({ temp, tools }: Context): Promise<Row[]> {
  const data = join(temp, 'workstation');
  mkdirSync(data, { recursive: true });
  const core = [join('dist', 'core', 'cli.js'), 'serve', '--data', data];
  const all = [join('scripts', 'start.mjs'), '--data', data];
  const five = async (args: readonly string[]) => {
    await untilAddress(process.execPath, args, tools.root);
    const runs: number[] = [];
    for (let run = 0; run < 5; run += 1) runs.push(await untilAddress(process.execPath, args, tools.root));
    return runs.map((ms) => ms / 1000);
  };
  const common = { unit: 's', digits: 2, atMost: 5 };
  const rows = [timed(await five(core), { ...common, figure: 'second start of the core (serve)' })];
  // Elsewhere npm start opens a desktop window, which prints no address.
  if (process.platform === 'linux')
    rows.push(timed(await five(all), { ...common, figure: 'second npm start, to the address' }));
  return rows;
}

export const speed: Group = {
  name: 'speed',
  async run(context) {
    const rows: Row[] = [];
    for (const part of [wholeSide, measurement, solver, gpu, side, memory, starts]) {
      context.say(`speed: ${part.name}`);
      rows.push(...(await part(context)));
    }
    return rows;
  },
};
