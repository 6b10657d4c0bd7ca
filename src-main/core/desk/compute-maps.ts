/** Computes the maps of a graded side again from its kept photographs: report, grade and pictures stay as they are. */
import type { Job } from '../../contract/index.ts';
import { registrationLimits } from '../capture/movement.ts';
import { refuse } from '../errors/index.ts';
import { openFrames } from '../frames/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { MapsKeeper } from '../maps/index.ts';
import type { Native } from '../native/index.ts';
import type { Store } from '../store/index.ts';

export interface ComputeMapsParts {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly native: Native;
  readonly keeper: MapsKeeper;
}

/** Shares of the job's time: loading frames, then solving; writing takes the rest. */
const loaded = 0.3;
const solved = 0.8;

export function createComputeMaps({ store, jobs, native, keeper }: ComputeMapsParts) {
  /** Gradings whose maps are being computed. */
  const running = new Set<string>();

  /** @throws AppError `conflict` where there are maps or will be, `file.missing` where no photographs are kept */
  return (gradingId: string, actor: string): Job => {
    const { summary, maps, frames } = store.gradings.get(gradingId);
    if (store.readOnlyReason !== null)
      throw refuse('store.readOnly', store.readOnlyReason, 'make the data folder writable and start again');
    if (maps) throw refuse('conflict', 'this side has its maps', 'open Surface to look at them');
    if (keeper.isPending(gradingId) || running.has(gradingId))
      throw refuse('conflict', 'the maps of this side are being made already', 'wait until they are here');
    if (!frames)
      throw refuse(
        'file.missing',
        'the photographs of this side were not kept, or were let go after the days that the settings say',
        'photograph the card again; "Keep photographs" in Settings keeps those of cards to come',
      );
    running.add(gradingId);
    const job = jobs.start(
      { kind: 'maps', title: summary.cardId ?? summary.sourceName, simulated: summary.simulated },
      async (context) => {
        const { signal, progress } = context;
        context.activity('computingMaps');
        const input = await openFrames(store.files, frames.id);
        const stack = await native.loadStack(input, (f) => progress(f * loaded), signal, registrationLimits);
        try {
          const made = await native.solve(
            stack,
            input.lights,
            input,
            (f) => progress(loaded + f * (solved - loaded)),
            signal,
          );
          await keeper.attach(gradingId, actor, made, 'computed again from the kept photographs', signal);
        } finally {
          stack.free();
        }
        return { gradingId };
      },
    );
    void jobs.ended(job.id).then(() => running.delete(gradingId));
    return job;
  };
}
