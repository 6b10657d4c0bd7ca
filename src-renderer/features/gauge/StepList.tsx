/** All steps in their order: what is done, what is to do, and a way to measure one again. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Study, StudyStep } from '../../../src-main/contract/studies.ts';
import { moment } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './gauge.module.css';
import { keepStudy } from './useStudy.ts';

export function StepList({ study }: { readonly study: Study }) {
  const { t } = useTranslation();
  const [again, setAgain] = useState<StudyStep | null>(null);
  const may = study.summary.state === 'open' || study.summary.state === 'complete';
  return (
    <Panel title={t('gauge.step.all')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.steps} tabIndex={0} aria-label={t('gauge.step.table')}>
        <table className={`${table.table} ${table.sticky}`}>
          <thead>
            <tr>
              <th scope="col" className={table.num}>
                {t('gauge.step.number')}
              </th>
              <th scope="col">{t('gauge.step.operator')}</th>
              <th scope="col">{t('gauge.step.card')}</th>
              <th scope="col" className={table.num}>
                {t('gauge.step.trial')}
              </th>
              <th scope="col">{t('gauge.step.status')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {study.steps.map((step) => (
              <tr key={step.index} data-selected={step.index === study.next || undefined} data-testid="study-step">
                <th scope="row" className={table.num}>
                  {step.index + 1}
                </th>
                <td>{step.operator}</td>
                <td>{step.part}</td>
                <td className={table.num}>{step.trial}</td>
                <td>
                  <Status step={step} responses={study.plan.responses.length} />
                </td>
                <td className={table.num}>
                  {step.done && may ? (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t('gauge.step.redoStep', { step: step.index + 1 })}
                      onClick={() => setAgain(step)}
                    >
                      {t('gauge.step.redo')}
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Redo study={study} step={again} onClose={() => setAgain(null)} />
    </Panel>
  );
}

function Status({ step, responses }: { readonly step: StudyStep; readonly responses: number }) {
  const { t } = useTranslation();
  if (!step.done) return <StatusMark tone="neutral">{t('gauge.step.open')}</StatusMark>;
  const whole = step.measured === responses;
  return (
    <span className={styles.row}>
      <StatusMark tone={whole ? 'pass' : 'warn'}>{t('gauge.step.done')}</StatusMark>
      <span className="tg-dim" title={step.warnings.join('\n')}>
        {whole ? null : `${t('gauge.step.found', { measured: step.measured, all: responses })} · `}
        {step.attempts > 1 ? `${t('gauge.step.attempts', { count: step.attempts })} · ` : null}
        {step.time === null ? null : moment(step.time)}
      </span>
    </span>
  );
}

interface RedoProps {
  readonly study: Study;
  readonly step: StudyStep | null;
  readonly onClose: () => void;
}

function Redo({ study, step, onClose }: RedoProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const close = () => {
    setReason('');
    onClose();
  };
  const withdraw = useMutation(
    api.studies.withdraw.mutationOptions({
      onSuccess: (changed) => {
        keepStudy(changed);
        close();
      },
    }),
  );
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (step && reason.trim() !== '') withdraw.mutate({ id: study.summary.id, step: step.index, reason });
  };
  return (
    <Modal opened={step !== null} onClose={close} title={t('gauge.step.redoTitle', { step: (step?.index ?? 0) + 1 })}>
      <form className={styles.fields} onSubmit={onSubmit}>
        <TextInput
          data-autofocus
          label={t('gauge.step.redoWhy')}
          description={t('gauge.step.redoHint')}
          inputWrapperOrder={['label', 'input', 'description']}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {withdraw.error ? <ErrorNotice error={withdraw.error} /> : null}
        <div>
          <Button type="submit" disabled={reason.trim() === ''} loading={withdraw.isPending}>
            {t('gauge.step.redo')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
