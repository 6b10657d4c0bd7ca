/** Beside the card where Surface has no maps: computes them again from kept photographs, or says why that cannot be. */
import { Button, Progress } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import { bytes, percent } from '../../messages/format.ts';
import { api, queryClient } from '../../rpc/index.ts';
import { isOver, rememberJob, useJobList } from '../../state/jobs.ts';
import { useMayWork } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './result.module.css';

export function NoMaps({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const { id } = grading.summary;
  const compute = useMutation(api.gradings.computeMaps.mutationOptions({ onSuccess: rememberJob }));
  const cancel = useMutation(api.jobs.cancel.mutationOptions({ onSuccess: rememberJob }));
  const job = useJobList().find((each) => each.id === compute.data?.id);
  const running = job !== undefined && !isOver(job);
  const done = job?.state === 'done';
  useEffect(() => {
    if (done) void queryClient.invalidateQueries({ queryKey: api.gradings.get.queryKey({ input: { id } }) });
  }, [done, id]);
  const { frames } = grading;
  if (frames === null || !mayWork)
    return (
      <>
        <h2>{t('surface.noMaps.title')}</h2>
        <p>{t('surface.noMaps.next')}</p>
        <Link href="/grade" className={styles.again}>
          {t('surface.noMaps.link')}
        </Link>
      </>
    );
  return (
    <>
      <h2>{t('surface.noMaps.title')}</h2>
      <p>{t('surface.noMaps.nextKept', { size: bytes(frames.bytes) })}</p>
      {compute.error || job?.state === 'failed' ? <ErrorNotice error={compute.error ?? job?.error} /> : null}
      {running ? (
        <div className={styles.computing}>
          <p role="status">
            {t('surface.noMaps.computing')} {percent(job.progress)}
          </p>
          <Progress value={100 * job.progress} aria-label={t('surface.noMaps.computing')} />
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id: job.id })}>
            {t('actions.cancel')}
          </Button>
        </div>
      ) : (
        <Button loading={compute.isPending || done} onClick={() => compute.mutate({ id })}>
          {t('surface.noMaps.compute')}
        </Button>
      )}
    </>
  );
}
