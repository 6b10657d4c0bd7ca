/** Calibration of the lights from mirror balls, matte balls and flat fields, side by side. */
import type { LightCalibration, LightMethod, LightMethodName } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { refuse } from '../errors/index.ts';
import type { BallHints, Bench, Native, NativeStack } from '../native/index.ts';
import { agreement } from './agreement.ts';

export interface LightTargets {
  readonly mirror?: CaptureInput | undefined;
  readonly matte?: CaptureInput | undefined;
  readonly flats: readonly { readonly input: CaptureInput; readonly heightMm: number }[];
}

export interface LightOptions {
  readonly native: Native;
  readonly bench: Bench;
  readonly mirrorBalls: BallHints;
  readonly matteBalls: BallHints;
  /** The method to use; the most trustworthy one when not given. */
  readonly use?: LightMethodName | undefined;
  readonly software: LightCalibration['software'];
  readonly now: () => Date;
  readonly progress: (fraction: number) => void;
}

/** A capture of the white plane itself, or the flat fields that stand beside a card's frames. */
export function flatsOf(input: CaptureInput): CaptureInput {
  const frames = input.lights.flatMap((light) =>
    light.flatPath ? [{ ...light, path: light.flatPath, flatPath: undefined }] : [],
  );
  return frames.length === input.lights.length ? { ...input, lights: frames } : input;
}

/** Methods that differ by more than this are worth a look: published sets differ by 0.6 to 4.4 degrees. */
const wideDeg = 2;

/** @throws AppError `usage` without a target; what a method refuses; `conflict` where the targets' lights differ in number. */
export async function calibrateLights(
  targets: LightTargets,
  options: LightOptions,
  signal: AbortSignal,
): Promise<LightCalibration> {
  const inputs = [targets.mirror, targets.matte, ...targets.flats.map((f) => f.input)].filter((i) => i !== undefined);
  const [first] = inputs;
  if (!first)
    throw refuse('usage', 'there is nothing to calibrate from', 'give a mirror ball, a matte ball or flat fields');
  const odd = inputs.find((i) => i.lights.length !== first.lights.length);
  if (odd)
    throw refuse(
      'conflict',
      `${odd.name} has ${odd.lights.length} lights and ${first.name} has ${first.lights.length}`,
      'photograph every target under the same lights, in the same order',
    );
  const methods = await runMethods(targets, inputs.length, options, signal);
  const chosen = choose(methods, options.use);
  return {
    schema: 'trugrade.lights/1',
    createdAt: options.now().toISOString(),
    software: options.software,
    simulated: inputs.some((i) => i.simulated),
    pixelPitchMm: options.bench.pixelPitchMm,
    methods,
    agreement: agreement(methods),
    chosen: chosen.method,
    lights: usable(chosen),
    notes: notesOn(methods),
  };
}

async function runMethods(targets: LightTargets, total: number, options: LightOptions, signal: AbortSignal) {
  const { native, bench } = options;
  const methods: LightMethod[] = [];
  let done = 0;
  const load = (input: CaptureInput) =>
    native.loadStack(input, (f) => options.progress((done + 0.8 * f) / total), signal);
  const withStack = async (input: CaptureInput, work: (stack: NativeStack) => Promise<LightMethod>) => {
    const stack = await load(input);
    try {
      const method = await work(stack);
      requireBall(method, input.name);
      methods.push(method);
    } finally {
      stack.free();
    }
    done += 1;
    options.progress(done / total);
  };
  if (targets.mirror)
    await withStack(targets.mirror, (s) => native.lights.byMirrorBalls(s, bench, options.mirrorBalls, signal));
  if (targets.matte)
    await withStack(targets.matte, (s) => native.lights.byMatteBalls(s, bench, options.matteBalls, signal));
  if (targets.flats.length > 0) {
    const planes: { stack: NativeStack; heightMm: number }[] = [];
    try {
      for (const { input, heightMm } of targets.flats) {
        planes.push({ stack: await load(input), heightMm });
        done += 1;
      }
      methods.push(await native.lights.byFlatFields(planes, bench, signal));
    } finally {
      for (const { stack } of planes) stack.free();
    }
  }
  options.progress(1);
  return methods;
}

/** Directions of a real ball are known to a degree or two; what is no ball gives tens of degrees. */
const vagueDeg = 10;
const plainNames = { mirrorBall: 'mirror ball', matteBall: 'matte ball', flatFields: 'flat fields' } as const;

/** @throws AppError `value.invalid` for a picture whose "ball" does not shade like one */
function requireBall({ method, lights }: LightMethod, file: string): void {
  const known = lights.flatMap(({ uncertaintyDeg }) => (uncertaintyDeg === null ? [] : [uncertaintyDeg]));
  const middle = known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
  if (middle <= vagueDeg) return;
  throw refuse(
    'value.invalid',
    `what was taken for the ${plainNames[method]} does not shade like one: directions are uncertain by ${middle.toFixed(0)} degrees`,
    'photograph the ball alone on a dark ground, or mark its circle on the command line (--circle)',
    { file },
  );
}

const complete = (method: LightMethod) => method.lights.every((l) => l.direction !== null);
const placed = (method: LightMethod) => method.lights.every((l) => l.positionMm !== null);

/** Positions from two heights or two balls before directions alone; a mirror before a matte ball, whose paint is never quite matte. */
function choose(methods: readonly LightMethod[], use: LightMethodName | undefined): LightMethod {
  const trust = (m: LightMethod) =>
    (placed(m) ? 4 : 0) +
    (m.method === 'flatFields' ? (m.heightsMm.length > 1 ? 2 : -3) : m.method === 'mirrorBall' ? 1 : 0);
  const able = methods.filter(complete).filter((m) => use === undefined || m.method === use);
  const best = able.toSorted((a, b) => trust(b) - trust(a))[0];
  if (best) return best;
  const missing = methods
    .filter((m) => use === undefined || m.method === use)
    .flatMap((m) =>
      m.lights.flatMap((l, i) => (l.reason === null ? [] : [`light ${i + 1}: ${l.reason} (${m.method})`])),
    );
  throw refuse(
    'value.invalid',
    missing.length > 0 ? `no method knows every light; ${missing.join('; ')}` : `${use} was not measured`,
    missing.length > 0 ? 'take the pictures of those lights again' : 'give its pictures too, or choose another method',
    { field: 'lights' },
  );
}

function usable(method: LightMethod): LightCalibration['lights'] {
  return method.lights.flatMap(({ direction, positionMm, intensity }) =>
    direction ? [{ direction, positionMm, intensity: intensity !== null && intensity > 0 ? intensity : null }] : [],
  );
}

function notesOn(methods: readonly LightMethod[]): string[] {
  const notes: string[] = [];
  for (const m of methods) {
    if (m.method === 'flatFields' && m.heightsMm.length === 1)
      notes.push('flat fields at one height tell distance and light cone weakly apart: add a second height');
    if (m.method !== 'flatFields' && m.balls.length === 1)
      notes.push(`${plainNames[m.method]}: one ball gives directions as seen from it; two balls give positions`);
  }
  for (const a of agreement(methods)) {
    const wide = a.lights.filter((l) => l.angleDeg > wideDeg).map((l) => l.light + 1);
    if (wide.length > 0)
      notes.push(
        `${a.methods.map((m) => plainNames[m]).join(' and ')} differ by up to ${a.worstDeg.toFixed(1)} degrees (lights ${wide.join(', ')})`,
      );
  }
  return notes;
}
