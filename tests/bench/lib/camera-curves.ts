/** Cameras with analytic curves, and what they make of a scene at several exposure times; drawn without the product's code. */
import { srgb } from './ideal-edge.ts';
import { normal } from './random.ts';

/** Linear light to stored signal, both 0..1. */
export type CameraCurve = (light: number) => number;

const logistic = (light: number) => 1 / (1 + Math.exp(-4 * (Math.cbrt(light) - 0.5)));
const [dark, bright] = [logistic(0), logistic(1)];

export const cameraCurves: Readonly<Record<string, CameraCurve>> = {
  'gamma 2.2': (light) => light ** (1 / 2.2),
  sRGB: srgb,
  /** Toe and shoulder: a logistic over the cube root of light. */
  film: (light) => (logistic(light) - dark) / (bright - dark),
};

/** Seconds of the photographs; the scene's brightest place is full at 0.4. */
export const exposureTimes = [0.02, 0.04, 0.08, 0.16, 0.32, 0.64] as const;
export const sceneSidePx = 240;

/** 8-bit samples of a soft scene of 300 to 1 through a curve, noise of 0.3 % of full scale in the signal. */
export function photograph(curve: CameraCurve, seconds: number, seed: number): Float64Array {
  const noise = normal(seed);
  return Float64Array.from({ length: sceneSidePx ** 2 }, (_, at) => {
    const [u, v] = [(at % sceneSidePx) / sceneSidePx, Math.floor(at / sceneSidePx) / sceneSidePx];
    const soft = 0.5 + 0.5 * Math.sin(7 * u + 3 * Math.sin(5 * v));
    const light = 0.008 * 300 ** (0.75 * soft + 0.25 * v) * seconds;
    return curve(Math.min(1, light)) + 0.003 * noise();
  });
}
