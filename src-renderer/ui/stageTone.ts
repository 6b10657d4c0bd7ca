/** How the state of a stage looks. */
import type { Job } from '../../src-main/contract/jobs.ts';
import type { Tone } from './StatusMark.tsx';

export type StageState = Job['stages'][number]['status'] | 'waiting';

export function stageTone(status: StageState): Tone {
  switch (status) {
    case 'ok':
      return 'pass';
    case 'fallback':
      return 'fallback';
    case 'person':
      return 'person';
    case 'failed':
      return 'fail';
    case 'running':
      return 'active';
    case 'skipped':
      return 'skipped';
    case 'waiting':
      return 'neutral';
  }
}
