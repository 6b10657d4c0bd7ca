/** Lets a calibration of the lights stand in for what a capture says of them. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type LightCalibration, lightCalibrationSchema } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { refuse, toAppError } from '../errors/index.ts';
import { parseJsonWith } from '../errors/parse.ts';

const mostBytes = 4 << 20;

/** Reads a light calibration. @throws AppError naming the file and the field. */
export async function readLights(path: string): Promise<LightCalibration> {
  const file = basename(path);
  try {
    if ((await stat(path)).size > mostBytes)
      throw refuse(
        'schema.invalid',
        'is larger than four megabytes, so no calibration of lights',
        'choose the file that "trugrade calibrate lights" wrote',
        { file },
      );
    return parseJsonWith(lightCalibrationSchema, await readFile(path, 'utf8'), file);
  } catch (error) {
    throw toAppError(error, { file });
  }
}

/** The capture under the calibrated lights. @throws AppError `conflict` where the numbers of lights differ. */
export function applyLights(input: CaptureInput, calibration: LightCalibration): CaptureInput {
  if (input.lights.length !== calibration.lights.length)
    throw refuse(
      'conflict',
      `${input.name} has ${input.lights.length} lights and the calibration ${calibration.lights.length}`,
      'use the calibration of the rig that took the capture',
      { field: 'lights' },
    );
  const lights = input.lights.map((light, i) => {
    const known = calibration.lights[i];
    if (!known) return light;
    const { intensity } = known;
    return {
      ...light,
      direction: known.direction,
      positionMm: known.positionMm ?? undefined,
      // Flat fields already hold each light's strength; dividing by it again would count it twice.
      intensity: intensity === null || light.flatPath ? light.intensity : ([intensity, intensity, intensity] as const),
    };
  });
  return { ...input, lights };
}
