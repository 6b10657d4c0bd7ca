/** The eight stages of a job: what is done, what runs, how long each took. */
import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Job } from '../../../src-main/contract/jobs.ts';
import { stageNames } from '../../../src-main/contract/report.ts';
import { duration, percent } from '../../messages/format.ts';
import { activityName } from '../../messages/names.ts';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { stageTone } from '../../ui/stageTone.ts';
import styles from './grade.module.css';
import { photographing, stageState } from './stageState.ts';

export function JobProgress({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  return (
    <section className={styles.progress} aria-label={t('grade.progress.title')}>
      <header className={styles.progressHead}>
        <h2>{job.title}</h2>
        {job.simulated ? <SimulatedBadge /> : null}
        <span className={styles.percent}>{percent(job.progress)}</span>
      </header>
      <Progress value={100 * job.progress} size="sm" aria-label={t('grade.progress.label')} transitionDuration={150} />
      {job.state === 'running' && job.activity !== null ? (
        <p className={styles.activity} data-testid="activity">
          {job.activity === photographing ? (
            <StatusMark tone="active">{activityName(job.activity)}</StatusMark>
          ) : (
            activityName(job.activity)
          )}
        </p>
      ) : null}
      {job.state === 'queued' ? <p className="tg-dim">{t('grade.progress.queued')}</p> : null}
      <ol className={styles.stages} aria-label={t('grade.progress.stages')}>
        {stageNames.map((name, index) => {
          const stage = job.stages.find((each) => each.stage === name);
          const status = stageState(job, name);
          return (
            <li key={name} data-status={status} data-testid={`stage-${name}`}>
              <span className={styles.stageNumber}>{index + 1}</span>
              <span className={styles.stageName}>{t(`stages.${name}`)}</span>
              <StatusMark tone={stageTone(status)}>{t(`stageStatus.${status}`)}</StatusMark>
              <span className={styles.stageTime}>{stage && stage.ms !== null ? duration(stage.ms) : ''}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
