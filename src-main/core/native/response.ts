/** The part of the native core that measures a camera's response: JSON in, parsed values out. */
import { type CameraCurves, type ResponseFit, responseFitSchema } from '../../contract/index.ts';
import type * as binding from './generated/binding.d.ts';

/** One photograph of a scene with its exposure time. */
export interface TimedPicture {
  /** The name a person knows it by; used in messages. */
  readonly name: string;
  readonly path: string;
  readonly seconds: number;
}

export type EstimateResponse = (
  pictures: readonly TimedPicture[],
  progress: (fraction: number) => void,
  signal: AbortSignal,
) => Promise<ResponseFit>;

interface Parts {
  readonly addon: typeof binding;
  readonly typed: <T>(promise: Promise<T>) => Promise<T>;
}

export const nativeResponse =
  ({ addon, typed }: Parts): EstimateResponse =>
  async (pictures, progress, signal) => {
    const given = pictures.map((picture) => ({ ...picture }));
    return responseFitSchema.parse(JSON.parse(await typed(addon.estimateCameraResponse(given, progress, signal))));
  };

/** Curves as the addon takes them: code, light, code, light … */
export const flatCurves = (curves: CameraCurves): number[][] => curves.map((curve) => curve.flat());
