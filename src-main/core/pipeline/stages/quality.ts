/** Stage 7, quality assessment: corners, edges and surface from the maps. */

import { doubtfulFindings } from '../../grading/index.ts';
import type { Condition, Native } from '../../native/index.ts';
import { atLeast, atMost, type Stage } from '../stage.ts';
import type { Measured } from './measurement.ts';

export interface Assessed extends Measured {
  readonly condition: Condition | null;
}

export const qualityLimits = { judgedFraction: 0.8, foilFraction: 0.5 } as const;

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
    const condition = await native.analyse(maps, outline, input.refinement, pitch, progress, signal);
    const checks = [
      atLeast(
        'judged',
        condition.judgedFraction,
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
