/** One study: its next step while it runs, its results when it is complete. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Study } from '../../../src-main/contract/studies.ts';
import { api } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { stateTones } from './GaugeScreen.tsx';
import styles from './gauge.module.css';
import { StepList } from './StepList.tsx';
import { StepPanel } from './StepPanel.tsx';
import { StudyResults } from './StudyResults.tsx';
import { keepStudy, useStudy } from './useStudy.ts';

export function StudyScreen({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const query = useStudy(id);
  const study = query.data;
  return (
    <Screen
      title={study?.summary.name ?? t('gauge.title')}
      note={study ? <Note study={study} /> : undefined}
      tools={study ? <Tools study={study} /> : undefined}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.body} tabIndex={0} aria-label={study?.summary.name ?? t('gauge.title')}>
        {query.isPending ? <Loading /> : null}
        {query.error ? <ErrorNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
        {study?.summary.state === 'complete' ? <StudyResults study={study} /> : null}
        {study && study.summary.state !== 'complete' ? <StepPanel study={study} /> : null}
        {study && study.plan.origin !== 'csv' ? <StepList study={study} /> : null}
      </section>
    </Screen>
  );
}

function Note({ study }: { readonly study: Study }) {
  const { t } = useTranslation();
  const { summary } = study;
  return (
    <span className={styles.row}>
      {t(`gauge.kinds.${summary.kind}`)}
      <StatusMark tone={stateTones[summary.state]}>{t(`gauge.states.${summary.state}`)}</StatusMark>
      {summary.simulated ? <SimulatedBadge /> : null}
    </span>
  );
}

function Tools({ study }: { readonly study: Study }) {
  const { t } = useTranslation();
  const setState = useMutation(api.studies.setState.mutationOptions({ onSuccess: keepStudy }));
  const { id, state } = study.summary;
  const to = (next: 'open' | 'paused' | 'cancelled', label: string) => (
    <Button variant="default" loading={setState.isPending} onClick={() => setState.mutate({ id, state: next })}>
      {label}
    </Button>
  );
  return (
    <>
      {state === 'open' ? to('paused', t('gauge.step.pause')) : null}
      {state === 'paused' ? to('open', t('gauge.step.resume')) : null}
      {state === 'open' || state === 'paused' ? to('cancelled', t('gauge.step.cancel')) : null}
      {state === 'cancelled' ? to('open', t('gauge.step.reopen')) : null}
      <Button component={Link} href="/gauge" variant="default">
        {t('gauge.back')}
      </Button>
    </>
  );
}
