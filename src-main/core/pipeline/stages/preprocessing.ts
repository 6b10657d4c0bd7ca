/** Stage 2, preprocessing: linear light, dark and flat fields, and photometric stereo where the lights allow it. */
import type { QualityCheck } from '../../../contract/index.ts';
import type { Native, NativeMaps, SolveSummary } from '../../native/index.ts';
import { atMost, type Stage } from '../stage.ts';
import type { Acquired } from './acquisition.ts';

export interface Preprocessed extends Acquired {
  readonly maps: NativeMaps | null;
  readonly solved: SolveSummary | null;
}

export const preprocessingLimits = {
  unknownFraction: 0.05,
  /** Ratio of the singular values of the light matrix; above 30 a pixel is refused, so a set near it is a poor one. */
  conditionNumber: 15,
  /** Relative; a Lambertian card with 1 % noise has about 0.01. */
  medianResidual: 0.1,
} as const;

/** Photometric stereo needs this many lights that are not in one plane. */
export const leastLights = 3;

export const preprocessing = (native: Native): Stage<Acquired, Preprocessed> => ({
  name: 'preprocessing',
  async run(acquired, { signal, progress }) {
    const { input, stack } = acquired;
    const linear: QualityCheck = {
      name: 'linear',
      value: input.encoding === 'linear' ? 1 : 0,
      limit: 1,
      ...(input.encoding === 'linear'
        ? { status: 'ok', ...(input.response ? { message: 'linearised by the measured response of the camera' } : {}) }
        : { status: 'warning', message: 'the input was sRGB-encoded; it was linearised by the standard curve' }),
    };
    const unlit = input.lights.filter(
      (light) => light.direction === undefined && light.positionMm === undefined,
    ).length;
    if (input.lights.length < leastLights || unlit > 0) {
      const note =
        input.lights.length < leastLights
          ? `photometric stereo needs ${leastLights} lights, there are ${input.lights.length}`
          : `photometric stereo needs the direction or position of every light, ${unlit} have none`;
      return { status: 'skipped', value: { ...acquired, maps: null, solved: null }, checks: [linear], note };
    }
    const maps = await native.solve(stack, input.lights, input, progress, signal);
    const solved = maps.summary;
    const limits = preprocessingLimits;
    const checks = [
      linear,
      atMost(
        'unknownPixels',
        solved.unknownFraction,
        limits.unknownFraction,
        'many pixels have no normal: they are clipped or dark under too many lights',
      ),
      atMost(
        'lightSpread',
        solved.conditionNumber,
        limits.conditionNumber,
        'the lights stand close together: spread them evenly around the card',
      ),
      atMost(
        'residual',
        solved.medianResidual,
        limits.medianResidual,
        'the frames do not fit the light model: check the calibration of the lights',
      ),
    ];
    const value = { ...acquired, maps, solved };
    const note = solved.notes.join('; ');
    return note === '' ? { status: 'ok', value, checks } : { status: 'fallback', value, checks, note };
  },
});
