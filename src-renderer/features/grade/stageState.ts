/** How far a job has got with each stage. Pure. */
import type { Job } from '../../../src-main/contract/jobs.ts';
import { type StageName, stageNames } from '../../../src-main/contract/report.ts';
import type { StageState } from '../../ui/stageTone.ts';

/**
 * The state of one stage as the job stands. The core lists a stage when it has begun it: until then, the first that is
 * not listed is the one being prepared; and a stage that was running when the job ended is the one that ended it.
 */
export function stageState({ state, stages }: Pick<Job, 'state' | 'stages'>, name: StageName): StageState {
  const status = stages.find((each) => each.stage === name)?.status;
  if (status === 'running' && state === 'failed') return 'failed';
  if (status === 'running' && state === 'cancelled') return 'skipped';
  if (status !== undefined) return status;
  const idle = state === 'running' && !stages.some((each) => each.status === 'running');
  const first = stageNames.find((each) => !stages.some(({ stage }) => stage === each));
  return idle && name === first ? 'running' : 'waiting';
}
