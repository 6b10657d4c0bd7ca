/** What the rest of the core sees of long tasks. */
import type { Job, JobsEvent } from '../../contract/jobs.ts';

export type JobStage = Job['stages'][number];

export interface JobSpec {
  readonly kind: Job['kind'];
  readonly title: string;
  readonly simulated: boolean;
}

/** What running work is given. All calls are cheap; after the job has ended they do nothing. */
export interface JobContext {
  /** Aborts when the job is cancelled: the work stops at its next check and throws or returns. */
  readonly signal: AbortSignal;
  readonly jobId: string;
  /** 0..1; values that would fall are ignored. */
  progress(fraction: number): void;
  activity(text: string): void;
  /** Notes a stage's state; the same stage again replaces it. `ms` is the stage's time, when it is over. */
  stage(stage: JobStage['stage'], status: JobStage['status'], ms: number | null): void;
}

export type JobWork = (context: JobContext) => Promise<{ gradingId?: string | null } | undefined>;

export interface Jobs {
  /** Queues the work; it starts at once when there is room. Throws `notAllowed` after `close`. */
  start(spec: JobSpec, work: JobWork): Job;
  /** Cancels a queued or running job; one that has ended is returned as it is. Throws `notFound`. */
  cancel(id: string): Job;
  /** All active and recently ended jobs, newest first. */
  list(): Job[];
  /** Throws `notFound`. */
  get(id: string): Job;
  /** First a snapshot of all, then changed jobs, the latest of each. Ends when the signal aborts or on `close`. */
  watch(signal: AbortSignal): AsyncGenerator<JobsEvent, void, undefined>;
  /** Resolves with the job's last state, once it has ended. */
  ended(id: string): Promise<Job>;
  /** Cancels everything and waits for running work, at most `deadlineMs`; says whether all work had stopped. */
  close(deadlineMs?: number): Promise<boolean>;
}
