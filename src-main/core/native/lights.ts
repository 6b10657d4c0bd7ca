/** The part of the native core that calibrates lights: JSON in, parsed values out. */
import { type LightMethod, lightMethodSchema } from '../../contract/index.ts';
import type * as binding from './generated/binding.d.ts';
import type { NativeStack } from './index.ts';

/** What is known of the bench. */
export interface Bench {
  readonly pixelPitchMm: number | null;
  /** Height of the camera's pinhole above the card plane; `null`: parallel rays. */
  readonly cameraMm: number | null;
}

/** Where calibration balls are: circles drawn by a person (x, y, radius in px), or how many to look for. */
export interface BallHints {
  readonly circles: readonly (readonly [number, number, number])[];
  readonly count: number;
  readonly radiusMm: number | null;
}

/** Every method rejects with an AppError when its target is not found or is dark. */
export interface NativeLights {
  byMirrorBalls(stack: NativeStack, bench: Bench, balls: BallHints, signal: AbortSignal): Promise<LightMethod>;
  byMatteBalls(stack: NativeStack, bench: Bench, balls: BallHints, signal: AbortSignal): Promise<LightMethod>;
  byFlatFields(
    planes: readonly { readonly stack: NativeStack; readonly heightMm: number }[],
    bench: Bench,
    signal: AbortSignal,
  ): Promise<LightMethod>;
}

interface Parts {
  readonly addon: typeof binding;
  readonly rawStack: (stack: NativeStack) => binding.Stack;
  readonly typed: <T>(promise: Promise<T>) => Promise<T>;
}

export function nativeLights({ addon, rawStack, typed }: Parts): NativeLights {
  const parsed = async (answer: Promise<string>) => lightMethodSchema.parse(JSON.parse(await typed(answer)));
  return {
    byMirrorBalls: (stack, bench, balls, signal) =>
      parsed(addon.lightsByMirrorBalls(rawStack(stack), benchInput(bench), ballInput(balls), signal)),
    byMatteBalls: (stack, bench, balls, signal) =>
      parsed(addon.lightsByMatteBalls(rawStack(stack), benchInput(bench), ballInput(balls), signal)),
    byFlatFields: (planes, bench, signal) => {
      const stacks = planes.map((p) => rawStack(p.stack));
      const heights = planes.map((p) => p.heightMm);
      return parsed(addon.lightsByFlatFields(stacks, heights, benchInput(bench), signal));
    },
  };
}

const benchInput = ({ pixelPitchMm, cameraMm }: Bench): binding.BenchInput => ({
  ...(pixelPitchMm === null ? {} : { pixelPitchMm }),
  ...(cameraMm === null ? {} : { cameraMm }),
});

const ballInput = ({ circles, count, radiusMm }: BallHints): binding.BallInput => ({
  circles: circles.map((c) => [...c]),
  count,
  ...(radiusMm === null ? {} : { radiusMm }),
});
