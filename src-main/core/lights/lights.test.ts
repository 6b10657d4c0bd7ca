/** Choice between methods, their disagreement, and what a capture takes over. */
import { describe, expect, it } from 'vitest';
import type { LightCalibration, LightMethod } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { AppError } from '../errors/index.ts';
import type { Native, NativeStack } from '../native/index.ts';
import { agreement } from './agreement.ts';
import { applyLights, calibrateLights } from './index.ts';

const light = (change: Partial<LightMethod['lights'][number]> = {}) => ({
  direction: [0, 0, 1] as [number, number, number],
  positionMm: null,
  intensity: null,
  uncertaintyDeg: 0.1,
  uncertaintyMm: null,
  residual: 0.01,
  reason: null,
  ...change,
});
const method = (
  name: LightMethod['method'],
  lights: LightMethod['lights'],
  change: Partial<LightMethod> = {},
): LightMethod => ({
  method: name,
  lights,
  balls: [],
  residualUnit: 'relative',
  ledExponent: null,
  vignetting: null,
  heightsMm: name === 'flatFields' ? [0, 20] : [],
  ...change,
});
const input = (lights: number, change: Partial<CaptureInput> = {}): CaptureInput => ({
  name: 'target',
  kind: 'capture',
  side: 'front',
  encoding: 'linear',
  pixelPitchMm: 0.1,
  expectedSizeMm: undefined,
  lights: Array.from({ length: lights }, (_, i) => ({
    name: `${i}.png`,
    path: `/${i}.png`,
    flatPath: undefined,
    intensity: [2, 2, 2] as const,
    direction: [1, 0, 1] as const,
    positionMm: undefined,
  })),
  darkPath: undefined,
  maskPath: undefined,
  camera: undefined,
  cardId: null,
  simulated: false,
  calibrationId: null,
  ...change,
});

/** A native core of paper: it gives the answers it was told, and counts the stacks that were not given back. */
function paper(answers: Partial<Record<LightMethod['method'], LightMethod>>) {
  let held = 0;
  const answer = (name: LightMethod['method']) => async () => {
    const found = answers[name];
    if (!found) throw new Error('not asked for');
    return found;
  };
  const part: Pick<Native, 'loadStack' | 'lights'> = {
    loadStack: async () => {
      held += 1;
      const stack: Pick<NativeStack, 'free'> = {
        free: () => {
          held -= 1;
        },
      };
      return stack as NativeStack;
    },
    lights: {
      byMirrorBalls: answer('mirrorBall'),
      byMatteBalls: answer('matteBall'),
      byFlatFields: answer('flatFields'),
    },
  };
  return { native: part as Native, held: () => held };
}
const options = (native: Native, use?: LightMethod['method']) => ({
  native,
  bench: { pixelPitchMm: 0.1, cameraMm: null },
  mirrorBalls: { circles: [], count: 1, radiusMm: null },
  matteBalls: { circles: [], count: 1, radiusMm: null },
  use,
  software: { version: '0', commit: 'x' },
  now: () => new Date(0),
  progress: () => undefined,
});
const never = new AbortController().signal;

describe('agreement of the methods', () => {
  it('is the angle between the directions, for lights that both know', () => {
    const a = method('mirrorBall', [light(), light({ direction: [1, 0, 0] }), light()]);
    const b = method('matteBall', [
      light(),
      light({ direction: [Math.SQRT1_2, 0, Math.SQRT1_2] }),
      light({ direction: null }),
    ]);
    const [found] = agreement([a, b]);
    expect(found?.lights.map((l) => l.light)).toEqual([0, 1]);
    expect(found?.worstDeg).toBeCloseTo(45, 9);
    expect(found?.meanDeg).toBeCloseTo(22.5, 9);
  });
  it('gives the distance where both know the position', () => {
    const at = (x: number) => light({ positionMm: [x, 0, 200] });
    const [found] = agreement([method('mirrorBall', [at(0)]), method('flatFields', [at(3)])]);
    expect(found?.lights[0]?.distanceMm).toBe(3);
  });
});

describe('calibration of the lights', () => {
  it('uses positions before directions, and gives every stack back', async () => {
    const flats = method('flatFields', [light({ positionMm: [0, 0, 200], intensity: 0.5 })]);
    const { native, held } = paper({ mirrorBall: method('mirrorBall', [light()]), flatFields: flats });
    const found = await calibrateLights(
      { mirror: input(1), flats: [{ input: input(1), heightMm: 0 }] },
      options(native),
      never,
    );
    expect(found.chosen).toBe('flatFields');
    expect(found.lights).toEqual([{ direction: [0, 0, 1], positionMm: [0, 0, 200], intensity: 0.5 }]);
    expect(held()).toBe(0);
  });
  it('says which lights the methods disagree on', async () => {
    const tilted = method('matteBall', [light({ direction: [0.1, 0, 0.995] })]);
    const { native } = paper({ mirrorBall: method('mirrorBall', [light()]), matteBall: tilted });
    const found = await calibrateLights(
      { mirror: input(1), matte: input(1), flats: [] },
      options(native, 'matteBall'),
      never,
    );
    expect(found.chosen).toBe('matteBall');
    expect(found.notes.join()).toMatch(/differ by up to 5\.7 degrees \(lights 1\)/);
  });
  it('refuses when no method knows every light, and names them', async () => {
    const half = method('mirrorBall', [
      light(),
      light({ direction: null, reason: 'no highlight stands out on the ball' }),
    ]);
    const { native, held } = paper({ mirrorBall: half });
    await expect(calibrateLights({ mirror: input(2), flats: [] }, options(native), never)).rejects.toThrow(
      /light 2: no highlight/,
    );
    expect(held()).toBe(0);
  });
  it('refuses a picture whose ball does not shade like one, by the name of its file', async () => {
    const vague = method('matteBall', [light({ uncertaintyDeg: 21 }), light({ uncertaintyDeg: 22 }), light()]);
    const { native, held } = paper({ matteBall: vague });
    const asked = calibrateLights({ matte: input(3), flats: [] }, options(native), never);
    await expect(asked).rejects.toThrow(
      expect.objectContaining({ code: 'value.invalid', data: expect.objectContaining({ file: 'target' }) }),
    );
    expect(held()).toBe(0);
  });
  it('refuses targets with different numbers of lights', async () => {
    const { native } = paper({});
    const asked = calibrateLights({ mirror: input(2), matte: input(3), flats: [] }, options(native), never);
    await expect(asked).rejects.toThrow(AppError);
  });
});

describe('calibrated lights on a capture', () => {
  const calibration: LightCalibration = {
    schema: 'trugrade.lights/1',
    createdAt: '2026-01-01T00:00:00Z',
    software: { version: '0', commit: 'x' },
    simulated: false,
    pixelPitchMm: 0.1,
    methods: [method('flatFields', [light()])],
    agreement: [],
    chosen: 'flatFields',
    lights: [{ direction: [0, 0, 1], positionMm: [0, 0, 200], intensity: 0.5 }],
    notes: [],
  };
  it('take the place of those in the capture', () => {
    const [applied] = applyLights(input(1), calibration).lights;
    expect(applied).toMatchObject({ direction: [0, 0, 1], positionMm: [0, 0, 200], intensity: [0.5, 0.5, 0.5] });
  });
  it('leave the intensity to the flat fields where there are some', () => {
    const flat = input(1);
    const withFlats = { ...flat, lights: flat.lights.map((l) => ({ ...l, flatPath: '/f.png' })) };
    expect(applyLights(withFlats, calibration).lights[0]?.intensity).toEqual([2, 2, 2]);
  });
  it('are refused for another number of lights', () => {
    expect(() => applyLights(input(2), calibration)).toThrow(/2 lights/);
  });
});
