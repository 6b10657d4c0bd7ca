/** The camera's response: measured from photographs at several exposure times, or read from a file. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type CameraResponse, cameraResponseSchema } from '../../contract/index.ts';
import { refuse, toAppError } from '../errors/index.ts';
import { parseJsonWith } from '../errors/parse.ts';
import type { Native, TimedPicture } from '../native/index.ts';

const mostBytes = 1 << 20;

/** Reads a response. @throws AppError naming the file and the field. */
export async function readResponse(path: string): Promise<CameraResponse> {
  const file = basename(path);
  try {
    if ((await stat(path)).size > mostBytes)
      throw refuse(
        'schema.invalid',
        'is larger than a megabyte, so no camera response',
        'choose the file that "trugrade calibrate response" wrote',
        { file },
      );
    return parseJsonWith(cameraResponseSchema, await readFile(path, 'utf8'), file);
  } catch (error) {
    throw toAppError(error, { file });
  }
}

/** What remained of the worst channel's fit, share of full scale; undefined where the curves were given by hand. */
export function residualOf({ estimate }: CameraResponse): number | undefined {
  return estimate && Math.max(...estimate.channels.map((channel) => channel.residual));
}

export interface ResponseOptions {
  readonly native: Native;
  readonly software: NonNullable<CameraResponse['software']>;
  readonly now: () => Date;
  readonly progress: (fraction: number) => void;
}

/**
 * Measures the response from photographs of one scene that differ in exposure time alone.
 * @throws AppError `value.invalid` for times, `calibration.weak` for codes never seen, `calibration.failed` where the
 * photographs contradict their times or each other.
 */
export async function measureResponse(
  pictures: readonly TimedPicture[],
  { native, software, now, progress }: ResponseOptions,
  signal: AbortSignal,
): Promise<CameraResponse> {
  const estimate = await native.cameraResponse(pictures, progress, signal);
  const curves = estimate.channels.map((channel) => channel.points);
  return { schema: 'trugrade.response/1', curves, createdAt: now().toISOString(), software, estimate };
}
