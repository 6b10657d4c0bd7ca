/** Recent jobs of all desks: what runs, what failed and why. */
import { Button, Progress } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Job, JobState } from '../../../src-main/contract/jobs.ts';
import { duration, moment, percent } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { rememberJob, useJobList } from '../../state/jobs.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { sentence } from '../../ui/ErrorNotice.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import styles from './jobs.module.css';

const tones: Record<JobState, Tone> = {
  queued: 'neutral',
  running: 'active',
  done: 'pass',
  failed: 'fail',
  cancelled: 'skipped',
};

export function JobsScreen() {
  const { t } = useTranslation();
  const jobs = useJobList();
  return (
    <Screen title={t('jobs.title')}>
      {jobs.length === 0 ? (
        <EmptyState icon={<IconListCheck size={36} aria-hidden />} title={t('jobs.empty')} body={t('jobs.emptyBody')} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it
        <section className={styles.scroller} tabIndex={0} aria-label={t('jobs.list')}>
          <ul>
            {jobs.map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </ul>
        </section>
      )}
    </Screen>
  );
}

function JobRow({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  return (
    <li className={styles.job} data-testid="job">
      <StatusMark tone={tones[job.state]}>{t(`jobStates.${job.state}`)}</StatusMark>
      <div className={styles.text}>
        <span className={styles.title}>
          {job.title} {job.simulated ? <SimulatedBadge /> : null}
        </span>
        <span className="tg-dim">
          {t(`jobKinds.${job.kind}`)} · {moment(job.createdAt)}
          {took(job) === null ? '' : ` · ${t('jobs.took', { time: duration(took(job)) })}`}
        </span>
        {job.error ? (
          <span className={styles.error}>
            {job.error.file ? `${job.error.file}: ` : ''}
            {sentence(job.error.message)} {sentence(job.error.next)}
          </span>
        ) : null}
      </div>
      <div className={styles.progress}>
        {job.state === 'running' ? (
          <>
            <Progress value={100 * job.progress} aria-label={job.title} />
            <span>{percent(job.progress)}</span>
          </>
        ) : null}
      </div>
      <Actions job={job} />
    </li>
  );
}

function Actions({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const cancel = useMutation(api.jobs.cancel.mutationOptions({ onSuccess: rememberJob }));
  if (job.state === 'running' || job.state === 'queued') {
    return (
      <Button
        variant="default"
        loading={cancel.isPending}
        aria-label={t('jobs.cancel', { title: job.title })}
        onClick={() => cancel.mutate({ id: job.id })}
      >
        {t('actions.cancel')}
      </Button>
    );
  }
  if (job.gradingId === null) return <span />;
  return (
    <Button component={Link} href={`/cards/${encodeURIComponent(job.gradingId)}`} variant="default">
      {t('jobs.open')}
    </Button>
  );
}

function took({ startedAt, endedAt }: Job): number | null {
  return startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
}
