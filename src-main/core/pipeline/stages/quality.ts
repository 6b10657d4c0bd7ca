/** Stage 7, quality assessment: corners, edges and surface from the maps. */

import type { CaptureInput } from '../../capture/index.ts';
import { doubtfulFindings } from '../../grading/index.ts';
import type { Condition, Native, RigGeometry } from '../../native/index.ts';
import { atLeast, atMost, type Stage } from '../stage.ts';
import type { Measured } from './measurement.ts';

export interface Assessed extends Measured {
  readonly condition: Condition | null;
}

export const qualityLimits = { judgedFraction: 0.8, foilFraction: 0.5 } as const;

/** Distances of camera and lights as far as the capture tells them: a focal length in px times the pitch is the camera's. */
export function rigOf({ camera, lights }: Pick<CaptureInput, 'camera' | 'lights'>, pitch: number): RigGeometry {
  const viewDistanceMm = camera === undefined ? undefined : camera.matrix[0][0] * pitch;
  const near = lights.flatMap(({ positionMm }) => (positionMm === undefined ? [] : [Math.hypot(...positionMm)]));
  const elevations = lights.flatMap(({ positionMm, direction }) => {
    const to = positionMm ?? direction;
    return to === undefined ? [] : [Math.asin(to[2] / Math.hypot(...to)) * (180 / Math.PI)];
  });
  const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  return {
    ...(viewDistanceMm !== undefined && viewDistanceMm > 0 ? { viewDistanceMm } : {}),
    ...(near.length === lights.length && near.length > 0 ? { lightDistanceMm: mean(near) } : {}),
    ...(elevations.length > 0 ? { lightElevationDeg: mean(elevations) } : {}),
  };
}

export const quality = (native: Native): Stage<Measured, Assessed> => ({
  name: 'quality',
  async run(input, { signal, progress }) {
    const { maps, outline } = input;
    const pitch = input.input.pixelPitchMm;
    if (!maps || pitch === null) {
      const note = maps
        ? 'corners, edges and surface need a scale'
        : 'corners, edges and surface need at least three lights';
      return { status: 'skipped', value: { ...input, condition: null }, checks: [], note };
    }
    const condition = await native.analyse(
      maps,
      outline,
      input.refinement,
      { pixelPitchMm: pitch, ...rigOf(input.input, pitch) },
      progress,
      signal,
    );
    const checks = [
      atLeast(
        'judged',
        condition.judgedFraction / Math.max(1 - condition.foilFraction, 0.01),
        qualityLimits.judgedFraction,
        'a large part of the surface could not be judged: a person has to look at it',
      ),
      atMost(
        'foil',
        condition.foilFraction,
        qualityLimits.foilFraction,
        'most of the card is foil, whose surface the machine does not judge',
      ),
      atMost(
        'doubtfulFindings',
        doubtfulFindings(condition.defects).length,
        0,
        'some findings are too doubtful to cost anything: look at them',
      ),
    ];
    return { status: 'ok', value: { ...input, condition }, checks };
  },
});
