/** The cards of a picture as a list: a tick box each, why one cannot be graded, and how its grading goes. */
import { Button, Checkbox, Progress } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Job, JobState } from '../../../src-main/contract/jobs.ts';
import type { Sheet, SheetCard } from '../../../src-main/contract/sheets.ts';
import { degrees, mm, px } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { rememberJob, useJob } from '../../state/jobs.ts';
import { sentence } from '../../ui/ErrorNotice.tsx';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import styles from './sheet.module.css';
import { tick, useSheet } from './sheetStore.ts';

const tones: Record<JobState, Tone> = {
  queued: 'neutral',
  running: 'active',
  done: 'pass',
  failed: 'fail',
  cancelled: 'skipped',
};

export function SheetCards({ sheet }: { readonly sheet: Sheet }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it
    <section className={styles.list} tabIndex={0} aria-label={t('sheet.list')}>
      <ul>
        {sheet.cards.map((card) => (
          <CardRow key={card.number} card={card} pitchMm={sheet.pixelPitchMm} />
        ))}
      </ul>
    </section>
  );
}

function CardRow({ card, pitchMm }: { readonly card: SheetCard; readonly pitchMm: number | null }) {
  const { t } = useTranslation();
  const { ticked, jobs } = useSheet();
  const jobId = jobs.get(card.number);
  const job = useJob(jobId);
  return (
    <li className={styles.row} data-testid={`sheet-card-${card.number}`}>
      <Checkbox
        checked={ticked.has(card.number)}
        disabled={card.region === null || jobId !== undefined}
        onChange={(event) => tick(card.number, event.currentTarget.checked)}
        label={t('sheet.card', { number: card.number })}
        description={card.error ? null : facts(card, pitchMm)}
      />
      {card.error ? (
        <p className={styles.refusal}>
          <StatusMark tone="warn">{sentence(card.error.message)}</StatusMark>
          <span className="tg-dim">{sentence(card.error.next)}</span>
        </p>
      ) : null}
      {job ? <CardJob job={job} number={card.number} /> : null}
    </li>
  );

  function facts({ sizePx, angleDeg }: SheetCard, pitch: number | null): string {
    if (!sizePx || angleDeg === null) return '';
    const [w, h] = sizePx;
    const size = pitch === null ? `${px(w, 0)} × ${px(h, 0)}` : `${mm(w * pitch, 2)} × ${mm(h * pitch, 2)}`;
    return t('sheet.whole', { angle: degrees(angleDeg, 1), size });
  }
}

function CardJob({ job, number }: { readonly job: Job; readonly number: number }) {
  const { t } = useTranslation();
  const cancel = useMutation(api.jobs.cancel.mutationOptions({ onSuccess: rememberJob }));
  return (
    <div className={styles.job}>
      <StatusMark tone={tones[job.state]}>{t(`jobStates.${job.state}`)}</StatusMark>
      {job.state === 'running' || job.state === 'queued' ? (
        <>
          <Progress className={styles.progress ?? ''} value={100 * job.progress} aria-label={job.title} />
          <Button
            size="compact-sm"
            variant="default"
            loading={cancel.isPending}
            aria-label={t('sheet.cancelCard', { number })}
            onClick={() => cancel.mutate({ id: job.id })}
          >
            {t('actions.cancel')}
          </Button>
        </>
      ) : null}
      {job.error ? <span className="tg-dim">{sentence(job.error.message)}</span> : null}
      {job.gradingId === null ? null : (
        <Button
          component={Link}
          href={`/cards/${encodeURIComponent(job.gradingId)}`}
          size="compact-sm"
          variant="default"
          aria-label={`${t('sheet.open')}, ${t('sheet.card', { number })}`}
        >
          {t('sheet.open')}
        </Button>
      )}
    </div>
  );
}
