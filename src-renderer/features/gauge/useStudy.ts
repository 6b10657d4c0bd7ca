/** One study, kept up to date while its steps are measured. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Study } from '../../../src-main/contract/studies.ts';
import { t } from '../../messages/index.ts';
import { api, queryClient } from '../../rpc/index.ts';
import { announce } from '../../state/announcer.ts';
import { isOver, useJob } from '../../state/jobs.ts';

export function refreshStudies(): void {
  void queryClient.invalidateQueries({ queryKey: api.studies.key() });
}

/** For a call that answers with the study as it is now. */
export function keepStudy(study: Study): void {
  const { id } = study.summary;
  queryClient.setQueryData(api.studies.get.queryKey({ input: { id } }), study);
  void queryClient.invalidateQueries({ queryKey: api.studies.list.key() });
}

export function useStudy(id: string) {
  return useQuery(api.studies.get.queryOptions({ input: { id } }));
}

/** The job that measures this study; when it ends the study is asked for again, and the end is spoken. */
export function useMeasuring(study: Study, jobId: string | null) {
  const job = useJob(jobId ?? study.jobId);
  const over = isOver(job);
  const told = useRef<string | null>(null);
  useEffect(() => {
    if (!job || !over || told.current === job.id) return;
    told.current = job.id;
    refreshStudies();
    if (job.state === 'done') announce(t('gauge.step.announced', { step: study.summary.done + 1 }));
  }, [job, over, study.summary.done]);
  return { job, running: job !== undefined && !over };
}
