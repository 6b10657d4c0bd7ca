/** All studies of the measuring system, and the ways to a new one. */
import { Button } from '@mantine/core';
import { IconRulerMeasure } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { StudyState, StudySummary } from '../../../src-main/contract/studies.ts';
import { moment } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './gauge.module.css';

export const stateTones: Readonly<Record<StudyState, Tone>> = {
  open: 'active',
  paused: 'neutral',
  cancelled: 'skipped',
  complete: 'pass',
};

export function GaugeScreen() {
  const { t } = useTranslation();
  const studies = useQuery(api.studies.list.queryOptions());
  const tools = (
    <>
      <Button component={Link} href="/gauge/import" variant="default">
        {t('gauge.import')}
      </Button>
      <Button component={Link} href="/gauge/new">
        {t('gauge.new')}
      </Button>
    </>
  );
  return (
    <Screen title={t('gauge.title')} tools={tools}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.body} tabIndex={0} aria-label={t('gauge.list')}>
        {studies.isPending ? <Loading /> : null}
        {studies.error ? <ErrorNotice error={studies.error} onRetry={() => void studies.refetch()} /> : null}
        {studies.data?.length === 0 ? (
          <EmptyState
            icon={<IconRulerMeasure size={36} aria-hidden />}
            title={t('gauge.emptyTitle')}
            body={t('gauge.emptyBody')}
            action={{ label: t('gauge.new'), href: '/gauge/new' }}
          />
        ) : null}
        {studies.data && studies.data.length > 0 ? <StudyTable studies={studies.data} /> : null}
      </section>
    </Screen>
  );
}

function StudyTable({ studies }: { readonly studies: readonly StudySummary[] }) {
  const { t } = useTranslation();
  return (
    <div className={styles.sheet}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t('gauge.name')}</th>
            <th scope="col">{t('gauge.kind')}</th>
            <th scope="col">{t('gauge.state')}</th>
            <th scope="col" className={table.num}>
              {t('gauge.progress')}
            </th>
            <th scope="col">{t('gauge.begun')}</th>
          </tr>
        </thead>
        <tbody>
          {studies.map((study) => (
            <tr key={study.id} data-testid="study-row">
              <th scope="row">
                <Link href={`/gauge/${encodeURIComponent(study.id)}`} className={styles.link}>
                  {study.name}
                </Link>{' '}
                {study.simulated ? <SimulatedBadge /> : null}
              </th>
              <td>{t(`gauge.kinds.${study.kind}`)}</td>
              <td>
                <StatusMark tone={stateTones[study.state]}>{t(`gauge.states.${study.state}`)}</StatusMark>
              </td>
              <td className={table.num}>{t('gauge.progressOf', { done: study.done, steps: study.steps })}</td>
              <td>{moment(study.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
