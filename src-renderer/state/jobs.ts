/** All recent jobs, live from the core. */
import { useMemo } from 'react';
import { create } from 'zustand';
import type { Job, JobsEvent } from '../../src-main/contract/jobs.ts';
import { api, core, keepWatching, queryClient } from '../rpc/index.ts';
import { applyJobsEvent, isOver } from './jobsEvent.ts';

export { isOver } from './jobsEvent.ts';

interface JobsState {
  readonly jobs: ReadonlyMap<string, Job>;
  /** False until the first snapshot: an unknown job may just not have arrived. */
  readonly ready: boolean;
}

export const useJobs = create<JobsState>(() => ({ jobs: new Map(), ready: false }));

/** For a job that a call has just returned, so that the screen need not wait for the event. */
export function rememberJob(job: Job): void {
  const { jobs } = useJobs.getState();
  if (!jobs.has(job.id)) useJobs.setState({ jobs: new Map(jobs).set(job.id, job) });
}

export function followJobs(): () => void {
  return keepWatching<JobsEvent>({
    open: (signal) => core.jobs.watch(undefined, { signal }),
    onEvent: (event) => {
      const before = useJobs.getState().jobs;
      useJobs.setState({ jobs: applyJobsEvent(before, event), ready: true });
      refreshAfter(event.jobs.filter((job) => isOver(job) && !isOver(before.get(job.id))));
    },
  });
}

function refreshAfter(ended: readonly Job[]): void {
  if (ended.some((job) => job.kind === 'grade')) {
    void queryClient.invalidateQueries({ queryKey: api.gradings.list.key() });
  }
  if (ended.some((job) => job.kind === 'backup')) {
    void queryClient.invalidateQueries({ queryKey: api.backups.list.key() });
  }
}

export function useJob(id: string | null | undefined): Job | undefined {
  return useJobs((state) => (id ? state.jobs.get(id) : undefined));
}

/** Newest first. */
export function useJobList(): readonly Job[] {
  const jobs = useJobs((state) => state.jobs);
  return useMemo(() => [...jobs.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)), [jobs]);
}
