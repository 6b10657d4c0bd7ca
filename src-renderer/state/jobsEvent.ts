/** Jobs as events change them. Pure. */
import type { Job, JobsEvent } from '../../src-main/contract/jobs.ts';

/** The jobs after an event: a snapshot replaces, anything else is merged. Pure. */
export function applyJobsEvent(jobs: ReadonlyMap<string, Job>, event: JobsEvent): ReadonlyMap<string, Job> {
  const next = event.snapshot ? new Map<string, Job>() : new Map(jobs);
  for (const job of event.jobs) next.set(job.id, job);
  return next;
}

export function isOver(job: Job | undefined): boolean {
  return job?.state === 'done' || job?.state === 'failed' || job?.state === 'cancelled';
}
