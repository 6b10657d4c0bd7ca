/** Stage 4, reference point generation: the 24 stations on the fitted edges. */

import { refuse } from '../../errors/index.ts';
import type { NativeStations } from '../../native/index.ts';
import { atLeast, failedCheck, type Stage } from '../stage.ts';
import type { Segmented } from './segmentation.ts';

export interface Referenced extends Segmented {
  readonly stations: NativeStations;
}

/** 7 on each vertical, 5 on each horizontal edge. */
export const stationCount = 24;

export const referencePoints: Stage<Segmented, Referenced> = {
  name: 'referencePoints',
  async run(input) {
    const stations = input.outline.stations();
    const checks = [
      atLeast('stations', stations.count, stationCount, 'not all stations could be placed', { beyond: 'failed' }),
    ];
    const failed = failedCheck(checks);
    if (!failed) return { status: 'ok', value: { ...input, stations }, checks };
    const error = refuse(
      'card.notFound',
      failed.message ?? failed.name,
      'look at the outline, or take the capture again',
      {
        file: input.input.name,
      },
    );
    return { status: 'person', error, checks };
  },
};
