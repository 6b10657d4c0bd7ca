/** What this machine has and what is missing, with remedies. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Doctor } from '../../../src-main/contract/system.ts';
import { capital, moment } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import styles from './system.module.css';

type Item = Doctor['items'][number];
const tones: Record<Item['status'], Tone> = { ok: 'pass', limited: 'warn', missing: 'fail' };

export function DoctorPanel() {
  const { t } = useTranslation();
  const doctor = useQuery(api.system.doctor.queryOptions({ staleTime: 30_000 }));
  const health = useQuery(api.system.health.queryOptions()).data;
  return (
    <Panel
      title={t('system.doctor.title')}
      note={t('system.doctor.about')}
      tools={
        <Button variant="default" loading={doctor.isFetching} onClick={() => void doctor.refetch()}>
          {t('system.doctor.again')}
        </Button>
      }
    >
      {doctor.isPending ? <Loading /> : null}
      {doctor.error ? <ErrorNotice error={doctor.error} onRetry={() => void doctor.refetch()} /> : null}
      <ul className={styles.items}>
        {doctor.data?.items.map((item) => (
          <li key={item.name} className={styles.item}>
            <StatusMark tone={tones[item.status]}>{t(`system.doctor.${item.status}`)}</StatusMark>
            <div>
              <strong>{capital(item.name)}</strong> <span className="tg-dim">{item.detail}</span>
              {item.remedy ? (
                <p className={styles.remedy}>
                  {t('system.doctor.remedy')}: {item.remedy}
                </p>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {health ? (
        <p className={styles.foot}>
          {t('system.doctor.version', {
            version: health.version,
            commit: health.commit.slice(0, 10),
            node: health.node,
            since: moment(health.startedAt),
          })}
        </p>
      ) : null}
    </Panel>
  );
}
