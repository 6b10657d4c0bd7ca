/** Followers of the jobs: each holds at most the latest state of each changed job, so a slow one costs no memory. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Job, JobsEvent } from '../../contract/jobs.ts';

export interface JobsWatch {
  changed(job: Job): void;
  watch(signal: AbortSignal): AsyncGenerator<JobsEvent, void, undefined>;
  close(): void;
}

interface Follower {
  /** What makes up the one waiting event. */
  readonly dirty: Map<string, Job>;
  /** Too many jobs changed: the waiting event becomes a snapshot. */
  overflow: boolean;
  wake: (() => void) | undefined;
}

/**
 * @param snapshot all jobs, newest first
 * @param mostDirty changed jobs held for one follower before it gets a snapshot instead
 * @param minIntervalMs the shortest time between two events to one follower
 */
export function createWatch(snapshot: () => Job[], mostDirty: number, minIntervalMs: number): JobsWatch {
  const followers = new Set<Follower>();
  const closing = new AbortController();

  const take = (follower: Follower): Pick<JobsEvent, 'snapshot' | 'jobs'> => {
    const event = follower.overflow
      ? { snapshot: true, jobs: snapshot() }
      : { snapshot: false, jobs: [...follower.dirty.values()] };
    follower.overflow = false;
    follower.dirty.clear();
    return event;
  };
  const waiting = (follower: Follower) => follower.overflow || follower.dirty.size > 0;

  return {
    changed(job) {
      for (const follower of followers) {
        if (!follower.overflow) follower.dirty.set(job.id, job);
        if (follower.dirty.size > mostDirty) {
          follower.overflow = true;
          follower.dirty.clear();
        }
        follower.wake?.();
      }
    },
    async *watch(signal) {
      const ends = AbortSignal.any([signal, closing.signal]);
      const follower: Follower = { dirty: new Map(), overflow: true, wake: undefined };
      followers.add(follower);
      let seq = 0;
      try {
        while (!ends.aborted) {
          if (!waiting(follower)) await woken(follower, ends);
          if (ends.aborted) return;
          seq += 1;
          yield { seq, ...take(follower) };
          await delay(minIntervalMs, undefined, { signal: ends }).catch(() => undefined);
        }
      } finally {
        followers.delete(follower);
      }
    },
    close() {
      closing.abort();
    },
  };
}

function woken(follower: Follower, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      follower.wake = undefined;
      signal.removeEventListener('abort', done);
      resolve();
    };
    follower.wake = done;
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
