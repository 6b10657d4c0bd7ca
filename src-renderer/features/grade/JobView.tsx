/** One grading job: its progress while it runs, its result or its refusal when it has ended. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Job } from '../../../src-main/contract/jobs.ts';
import { gradeNumber } from '../../messages/format.ts';
import { api, toAppErrorData } from '../../rpc/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { announce } from '../../state/announcer.ts';
import { rememberJob, useJob, useJobs } from '../../state/jobs.ts';
import { usePreferences } from '../../state/preferences.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { KeyCap } from '../../ui/Keys.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { GradingPage } from '../cards/GradingPage.tsx';
import styles from './grade.module.css';
import { prepareNext, useGrade } from './gradeStore.ts';
import { JobProgress } from './JobProgress.tsx';

export interface JobViewProps {
  readonly jobId: string;
  readonly onNext: () => void;
  readonly onRetry: () => void;
  readonly onStart: () => Promise<void>;
}

export function JobView({ jobId, onNext, onRetry, onStart }: JobViewProps) {
  const { t } = useTranslation();
  const job = useJob(jobId);
  const ready = useJobs((state) => state.ready);
  const problem = useGrade((state) => state.problem);
  const gradeNext = useGradeNext(job?.state === 'done', onNext, onStart);
  useAnnounced(job);
  useShortcut('gradeStart', onRetry, job?.state === 'failed' || job?.state === 'cancelled');
  useShortcut('gradeNext', onNext, job !== undefined && job.state !== 'running' && job.state !== 'queued');

  if (!job) return ready ? <LostJob /> : <Loading />;
  switch (job.state) {
    case 'queued':
    case 'running':
      return <Running job={job} />;
    case 'failed':
      return (
        <Screen title={t('grade.title')} tools={<NextButton onNext={onNext} />}>
          <div className={styles.ended}>
            <ErrorNotice
              error={problem ?? job.error ?? toAppErrorData(new Error(t('jobStates.failed')))}
              title={t('grade.progress.failed')}
              onRetry={onRetry}
            />
            <JobProgress job={job} />
          </div>
        </Screen>
      );
    case 'cancelled':
      return (
        <Screen title={t('grade.title')} tools={<NextButton onNext={onNext} />}>
          <EmptyState title={t('grade.progress.cancelled')} action={{ label: t('errors.retry'), onClick: onRetry }} />
        </Screen>
      );
    case 'done':
      return job.gradingId === null ? (
        <LostJob />
      ) : (
        <GradingPage
          id={job.gradingId}
          title={t('result.title')}
          primary={
            <>
              <Button variant="default" onClick={onNext} rightSection={<KeyCap command="gradeNext" />}>
                {t('grade.next')}
              </Button>
              {gradeNext.available ? (
                <Button onClick={gradeNext.run} rightSection={<KeyCap command="gradeStart" />}>
                  {t('grade.startNext')}
                </Button>
              ) : null}
            </>
          }
        />
      );
  }
}

function Running({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const cancel = useMutation(api.jobs.cancel.mutationOptions({ onSuccess: rememberJob }));
  useShortcut('gradeCancel', () => cancel.mutate({ id: job.id }));
  return (
    <Screen
      title={t('grade.title')}
      tools={
        <Button
          variant="default"
          onClick={() => cancel.mutate({ id: job.id })}
          rightSection={<KeyCap command="gradeCancel" />}
        >
          {t('actions.cancel')}
        </Button>
      }
    >
      <div className={styles.ended}>
        {cancel.error ? <ErrorNotice error={cancel.error} /> : null}
        <JobProgress job={job} />
      </div>
    </Screen>
  );
}

/** From a rig, G on a result grades the next card at once; files have to be chosen first. */
function useGradeNext(done: boolean, onNext: () => void, onStart: () => Promise<void>) {
  const fromRig = usePreferences((state) => state.source === 'rig');
  const run = () => {
    prepareNext();
    void onStart();
  };
  useShortcut('gradeStart', fromRig ? run : onNext, done);
  return { available: fromRig, run };
}

function NextButton({ onNext }: { readonly onNext: () => void }) {
  const { t } = useTranslation();
  return (
    <Button onClick={onNext} rightSection={<KeyCap command="gradeNext" />}>
      {t('grade.next')}
    </Button>
  );
}

function LostJob() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  return (
    <Screen title={t('grade.title')}>
      <EmptyState
        title={t('grade.progress.lost')}
        body={t('grade.progress.lostNext')}
        action={{ label: t('nav.cards'), onClick: () => navigate('/cards') }}
      />
    </Screen>
  );
}

/** Speaks the stage while the job runs, and its end at once. */
function useAnnounced(job: Job | undefined): void {
  const { t } = useTranslation();
  const said = useRef<string | null>(null);
  const stage = job?.stages.find(({ status }) => status === 'running')?.stage;
  const grading = useQuery({
    ...api.gradings.get.queryOptions({ input: { id: job?.gradingId ?? '' } }),
    enabled: typeof job?.gradingId === 'string',
  }).data;
  useEffect(() => {
    const text = spoken();
    if (!text || said.current === text.words) return;
    said.current = text.words;
    announce(text.words, text.urgency);

    function spoken(): { words: string; urgency: 'polite' | 'assertive' } | null {
      if (!job) return null;
      switch (job.state) {
        case 'queued':
          return { words: t('grade.announce.started'), urgency: 'polite' };
        case 'running':
          return stage ? { words: t(`stages.${stage}`), urgency: 'polite' } : null;
        case 'failed':
          return { words: t('grade.announce.failed', { message: job.error?.message ?? '' }), urgency: 'assertive' };
        case 'cancelled':
          return { words: t('grade.announce.cancelled'), urgency: 'polite' };
        case 'done':
          if (!grading) return null;
          if (grading.summary.status === 'needsPerson') {
            return { words: t('grade.announce.needsPerson'), urgency: 'assertive' };
          }
          return {
            words: t('grade.announce.graded', {
              overall: gradeNumber(grading.summary.overall),
              label: grading.summary.label ?? '',
            }),
            urgency: 'assertive',
          };
      }
    }
  }, [job, stage, grading, t]);
}
