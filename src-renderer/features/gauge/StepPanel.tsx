/** The step to measure now: which card, by whom, and the one button that measures it. */
import { Button, FileInput, Progress, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Study, StudyStep } from '../../../src-main/contract/studies.ts';
import { t as say } from '../../messages/index.ts';
import { activityName } from '../../messages/names.ts';
import { api, core, uploadFiles } from '../../rpc/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { rememberJob } from '../../state/jobs.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { KeyCap } from '../../ui/Keys.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { CalibrationLine } from './CalibrationLine.tsx';
import styles from './gauge.module.css';
import { positive } from './numbers.ts';
import { keepStudy, useMeasuring } from './useStudy.ts';

interface Sent {
  readonly files: readonly File[];
  readonly pixelPitchMm: number | null;
}

function useMeasure(study: Study) {
  const { id } = study.summary;
  return useMutation({
    mutationFn: async ({ step, sent }: { step: number; sent: Sent | null }) => {
      if (!sent) return core.studies.measure({ id, step });
      const uploadId = await uploadFiles(sent.files, () => undefined, new AbortController().signal);
      const { pixelPitchMm } = sent;
      return core.studies.measure({ id, step, uploadId, ...(pixelPitchMm === null ? {} : { pixelPitchMm }) });
    },
    onSuccess: rememberJob,
  });
}

export function StepPanel({ study }: { readonly study: Study }) {
  const { t } = useTranslation();
  const { summary } = study;
  const step = study.next === null ? undefined : study.steps[study.next];
  const done = (100 * summary.done) / Math.max(1, summary.steps);
  const progress = t('gauge.progressOf', { done: summary.done, steps: summary.steps });
  if (!step)
    return (
      <Panel title={t(`gauge.states.${summary.state}`)}>
        <div className={styles.fields}>
          <p>{t(summary.state === 'cancelled' ? 'gauge.step.cancelled' : 'gauge.step.paused')}</p>
          <Progress value={done} aria-label={progress} />
          <p className="tg-dim">{progress}</p>
        </div>
      </Panel>
    );
  return (
    <Panel title={t('gauge.step.title', { step: step.index + 1, steps: summary.steps })} note={t('gauge.step.blind')}>
      <div className={styles.fields}>
        <Progress value={done} aria-label={progress} />
        <dl className={styles.who}>
          <Fact name={t('gauge.step.operator')} value={step.operator} />
          <Fact name={t('gauge.step.card')} value={step.part} />
          <Fact name={t('gauge.step.trial')} value={String(step.trial)} />
        </dl>
        <p className={styles.place}>{placing(study, step)}</p>
        <CalibrationLine study={study} />
        {study.plan.simulated ? <p className="tg-dim">{t('gauge.step.simulatedPlace')}</p> : null}
        <Measure key={step.index} study={study} step={step} />
      </div>
    </Panel>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function placing(study: Study, step: StudyStep): string {
  const names = { operator: step.operator, card: step.part };
  if (step.index === 0) return say('gauge.step.first', names);
  return study.plan.replace ? say('gauge.step.place', names) : say('gauge.step.leave', names);
}

function Measure({ study, step }: { readonly study: Study; readonly step: StudyStep }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File[]>([]);
  const [pitch, setPitch] = useState('');
  const measure = useMeasure(study);
  const { job, running } = useMeasuring(study, measure.data?.id ?? null);
  const cancel = useMutation(api.jobs.cancel.mutationOptions({ onSuccess: rememberJob }));
  const fromRig = study.plan.origin === 'rig';
  const pixelPitchMm = positive(pitch);
  const ready = fromRig || (file.length > 0 && pixelPitchMm !== undefined);
  const busy = measure.isPending || running;
  const start = () => {
    if (ready && !busy)
      measure.mutate({ step: step.index, sent: fromRig ? null : { files: file, pixelPitchMm: pixelPitchMm ?? null } });
  };
  useShortcut('studyMeasure', start, ready && !busy);
  const failed = job?.state === 'failed' ? job.error : null;
  return (
    <>
      {fromRig ? null : (
        <div className={styles.columns}>
          <FileInput size="xs" label={t('gauge.step.choose')} multiple value={file} onChange={setFile} />
          <TextInput
            label={t('gauge.step.pitch')}
            description={t('gauge.step.pitchHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            inputMode="decimal"
            value={pitch}
            error={pixelPitchMm === undefined ? t('gauge.plan.bad') : null}
            onChange={(event) => setPitch(event.currentTarget.value)}
          />
        </div>
      )}
      {measure.error || failed ? <ErrorNotice error={measure.error ?? failed} onRetry={start} /> : null}
      <div className={styles.row}>
        <Button
          size="md"
          disabled={!ready}
          loading={busy}
          onClick={start}
          rightSection={<KeyCap command="studyMeasure" />}
        >
          {t('gauge.step.measure')}
        </Button>
        {running && job ? (
          <>
            <span role="status">{job.activity === null ? t('gauge.step.measuring') : activityName(job.activity)}</span>
            <Progress className={styles.bar ?? ''} value={100 * job.progress} aria-label={t('gauge.step.measuring')} />
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id: job.id })}>
              {t('actions.cancel')}
            </Button>
          </>
        ) : null}
        {busy ? null : <Undo study={study} />}
      </div>
    </>
  );
}

/** Takes the newest measurement back; it stays on record, and its step is measured again. */
function Undo({ study }: { readonly study: Study }) {
  const { t } = useTranslation();
  const withdraw = useMutation(api.studies.withdraw.mutationOptions({ onSuccess: keepStudy }));
  const newest = study.steps.filter((step) => step.done).sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0];
  if (!newest) return null;
  const undo = () => withdraw.mutate({ id: study.summary.id, step: newest.index, reason: t('gauge.step.undoReason') });
  return (
    <>
      <Button variant="subtle" loading={withdraw.isPending} onClick={undo}>
        {t('gauge.step.undo')}
      </Button>
      {withdraw.error ? <ErrorNotice error={withdraw.error} /> : null}
    </>
  );
}
