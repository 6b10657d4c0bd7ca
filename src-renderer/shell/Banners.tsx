/** Banners over the screen: no connection to the core, or a store that cannot be written. */
import { Button } from '@mantine/core';
import { IconLock, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { api, connection } from '../rpc/index.ts';
import styles from './Shell.module.css';

/** A reconnection within this time is not worth a banner. */
const patienceMs = 400;

export function ConnectionBanner() {
  const { t } = useTranslation();
  const state = useSyncExternalStore(connection.subscribe, connection.getState);
  const patient = useLongerThan(state.kind !== 'open', patienceMs);
  if (state.kind === 'open' || !patient) return null;
  if (state.kind === 'refused') {
    return (
      <div className={`${styles.banner} ${styles.bad}`} role="alert">
        <IconPlugConnectedX size={18} aria-hidden />
        <span>
          <strong>{t('connection.refused')}</strong> {t('connection.refusedNext')}
        </span>
        <RetryButton />
      </div>
    );
  }
  const text = state.attempt > 0 ? t('connection.restarting', { attempt: state.attempt }) : t('connection.connecting');
  return (
    <div className={styles.banner} role="status" aria-live="polite">
      <IconPlugConnectedX size={18} aria-hidden />
      <span>
        <strong>{text}</strong> {state.attempt > 0 ? t('connection.lost') : ''}
      </span>
      <RetryButton />
    </div>
  );
}

function RetryButton() {
  const { t } = useTranslation();
  return (
    <Button variant="default" size="compact-xs" onClick={connection.retryNow}>
      {t('connection.retry')}
    </Button>
  );
}

function useLongerThan(active: boolean, ms: number): boolean {
  const [longer, setLonger] = useState(false);
  useEffect(() => {
    if (!active) {
      setLonger(false);
      return;
    }
    const timer = setTimeout(() => setLonger(true), ms);
    return () => clearTimeout(timer);
  }, [active, ms]);
  return longer;
}

export function ReadOnlyBanner() {
  const { t } = useTranslation();
  const health = useQuery(api.system.health.queryOptions({ refetchInterval: 30_000 })).data;
  if (!health?.readOnly) return null;
  return (
    <div className={styles.banner} role="status">
      <IconLock size={18} aria-hidden />
      <span>
        <strong>{t('readOnly.title')}</strong>{' '}
        {t('readOnly.body', { reason: health.readOnlyReason ?? t('readOnly.unknown') })}
      </span>
    </div>
  );
}
