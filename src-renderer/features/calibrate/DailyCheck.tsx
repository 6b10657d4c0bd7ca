/** At the bench: the check of the calibration that is due, made from here; nothing while it holds. */
import { notifications } from '@mantine/notifications';
import { IconRulerMeasure } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { micrometres, moment } from '../../messages/format.ts';
import { api, core } from '../../rpc/index.ts';
import { useMayWork } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './calibrate.module.css';
import { ShotButtons } from './ShotButtons.tsx';
import { refreshRecords, sourceOf } from './useCalibration.ts';

/** Time passes without an event: the age of the check is looked at again this often. */
const lookMs = 60_000;

export function DailyCheck({ rigId }: { readonly rigId: string }) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const records = useQuery(api.calibrations.list.queryOptions({ refetchInterval: lookMs }));
  const settings = useQuery(api.settings.get.queryOptions()).data;
  const record = records.data?.find((r) => r.active && r.rigId === rigId);
  const check = useMutation({
    mutationFn: async ({ id, file }: { id: string; file: File | null }) =>
      core.calibrations.drift({ id, source: await sourceOf(file) }),
    onSuccess: ({ status, worstMm }) => {
      if (status !== 'failed')
        notifications.show({ message: t('calibrate.daily.done', { worst: micrometres(worstMm) }) });
    },
    onSettled: refreshRecords,
  });
  if (!record) return null;
  const drifted = record.state === 'drifted';
  if (!record.checkDue && !drifted) return null;
  const required = settings?.driftCheckPolicy === 'require';
  return (
    <section className={styles.daily} aria-label={t('calibrate.daily.title')} data-testid="daily-check">
      <IconRulerMeasure size={20} aria-hidden />
      <div>
        <p role="status">
          <strong>{t(drifted ? 'calibrate.daily.drifted' : 'calibrate.daily.title')}</strong>{' '}
          {t('calibrate.daily.last', { name: record.name, time: moment(record.checkedAt) })}{' '}
          {t(drifted ? 'calibrate.daily.stopped' : required ? 'calibrate.daily.required' : 'calibrate.daily.marked')}
        </p>
        <p className={styles.dim}>{t('calibrate.daily.how')}</p>
        {check.error ? <ErrorNotice error={check.error} /> : null}
        {mayWork ? (
          <div className={styles.row}>
            <ShotButtons
              busy={check.isPending}
              label={t('calibrate.drift.check')}
              onTake={(file) => check.mutate({ id: record.id, file })}
            />
          </div>
        ) : null}
      </div>
    </section>
  );
}
