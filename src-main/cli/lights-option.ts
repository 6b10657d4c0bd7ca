/** `--lights FILE`: calibrated lights stand in for those of a capture. */
import type { LightCalibration } from '../contract/index.ts';
import type { CaptureInput } from '../core/capture/index.ts';
import { applyLights, readLights } from '../core/lights/index.ts';
import type { OptionSpec, Parsed } from './arguments.ts';

export const lightsOption: OptionSpec = {
  type: 'string',
  value: 'FILE',
  help: 'lights found by "calibrate lights", instead of those in the capture',
};

export async function lightsOf(parsed: Parsed): Promise<LightCalibration | undefined> {
  const path = parsed.text('lights');
  return path === undefined ? undefined : readLights(path);
}

export async function withLights(parsed: Parsed, input: CaptureInput): Promise<CaptureInput> {
  const lights = await lightsOf(parsed);
  return lights ? applyLights(input, lights) : input;
}
