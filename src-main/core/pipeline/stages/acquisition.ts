/** Stage 1, image acquisition: decode all frames of a side and see whether they are fit to be measured. */
import type { AppliedCalibration, QualityCheck } from '../../../contract/index.ts';
import type { CaptureInput } from '../../capture/index.ts';
import { movedTooFar, movementCheck, registrationLimits } from '../../capture/movement.ts';
import { refuse } from '../../errors/index.ts';
import type { FrameQuality, Native, NativeStack } from '../../native/index.ts';
import { type CalibrationInForce, dueForCalibration, mappingOf } from '../calibration.ts';
import { atLeast, atMost, failedCheck, type Stage } from '../stage.ts';

export interface Acquired {
  readonly input: CaptureInput;
  readonly stack: NativeStack;
  readonly frames: readonly FrameQuality[];
  readonly decodeMs: number;
  /** How points become mm on the card's plane; null: by the pixel pitch alone. */
  readonly calibration: AppliedCalibration | null;
}

export const acquisitionLimits = {
  /** Share of pixels at the top of the range; highlights on foil reach a few percent. */
  clippedFraction: 0.05,
  clippedFractionFailed: 0.5,
  /** Mean light of the brightest frame, full scale = 1. */
  meanLight: 0.01,
} as const;

export const acquisition = (
  native: Native,
  inForce: CalibrationInForce | null = null,
): Stage<CaptureInput, Acquired> => ({
  name: 'acquisition',
  async run(input, { signal, progress }) {
    const due = dueForCalibration(inForce);
    if (due) {
      const message = due.data.message;
      const check: QualityCheck = { name: 'calibration', value: null, limit: null, status: 'failed', message };
      return { status: 'person', checks: [check], error: due };
    }
    const started = performance.now();
    const stack = await native.loadStack(input, (f) => progress(f * 0.8), signal, registrationLimits);
    const decodeMs = performance.now() - started - stack.registrationMs;
    try {
      const frames = await stack.quality(signal);
      const checks = checkFrames(frames, input);
      const failed = failedCheck(checks);
      if (failed) {
        stack.free();
        const code = failed.name === 'light' ? 'image.dark' : 'image.saturated';
        return {
          status: 'person',
          checks,
          error:
            (failed.name === 'movement' ? movedTooFar(frames, input.pixelPitchMm) : undefined) ??
            refuse(code, failed.message ?? failed.name, 'take the capture again', { file: input.name }),
        };
      }
      const mapping = mappingOf(native, input, stack, inForce);
      const value = { input, stack, frames, decodeMs, calibration: mapping.applied };
      return { status: 'ok', checks: [...checks, ...mapping.checks], value };
    } catch (error) {
      stack.free();
      throw error;
    }
  },
});

function checkFrames(frames: readonly FrameQuality[], input: CaptureInput): QualityCheck[] {
  const limits = acquisitionLimits;
  const clipped = maxBy(frames, (f) => f.clippedFraction);
  const brightest = maxBy(frames, (f) => f.mean);
  const checks: QualityCheck[] = [{ name: 'frames', value: input.lights.length, limit: null, status: 'ok' }];
  if (clipped) {
    const beyond = clipped.clippedFraction > limits.clippedFractionFailed ? 'failed' : 'warning';
    const text = `${percent(clipped.clippedFraction)} of ${clipped.name} is overexposed: shorten the exposure`;
    checks.push(atMost('clipping', clipped.clippedFraction, limits.clippedFraction, text, { beyond }));
  }
  if (brightest) {
    const text = `even the brightest frame, ${brightest.name}, is nearly black: lengthen the exposure`;
    checks.push(atLeast('light', brightest.mean, limits.meanLight, text, { beyond: 'failed' }));
  }
  return [...checks, ...movementCheck(frames, input.pixelPitchMm)];
}

function maxBy<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || of(item) > of(best) ? item : best),
    undefined,
  );
}

const percent = (fraction: number) => `${(fraction * 100).toFixed(1)} %`;
