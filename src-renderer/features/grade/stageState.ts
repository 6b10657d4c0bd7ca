/** How far a job has got with each stage. Pure. */
import type { Job } from '../../../src-main/contract/jobs.ts';
import { type StageName, stageNames } from '../../../src-main/contract/report.ts';
import type { StageState } from '../../ui/stageTone.ts';

/** What the core calls its work while the rig takes the frames. */
export const photographing = 'photographing';

/**
 * The state of one stage as the job stands. The core lists a stage when it has begun it: until then, the first that is
 * not listed is the one being prepared, unless the rig still photographs, which comes before all stages; and a stage
 * that was running when the job ended is the one that ended it.
 */
export function stageState(
  { state, stages, activity }: Pick<Job, 'state' | 'stages' | 'activity'>,
  name: StageName,
): StageState {
  const status = stages.find((each) => each.stage === name)?.status;
  if (status === 'running' && state === 'failed') return 'failed';
  if (status === 'running' && state === 'cancelled') return 'skipped';
  if (status !== undefined) return status;
  const idle = state === 'running' && activity !== photographing && !stages.some((each) => each.status === 'running');
  const first = stageNames.find((each) => !stages.some(({ stage }) => stage === each));
  return idle && name === first ? 'running' : 'waiting';
}
