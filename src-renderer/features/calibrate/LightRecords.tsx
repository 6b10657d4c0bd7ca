/** Kept calibrations of the lights: which one is in use, what it found, in use or not with undo. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBulb } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LightSummary } from '../../../src-main/contract/light-records.ts';
import { degrees, moment } from '../../messages/format.ts';
import { api, core } from '../../rpc/index.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './calibrate.module.css';
import { LightResult } from './LightResult.tsx';
import { refreshLights } from './LightsPanel.tsx';

export function LightRecords() {
  const { t } = useTranslation();
  const records = useQuery(api.lights.list.queryOptions());
  return (
    <Panel title={t('calibrate.lights.records')} note={t('calibrate.lights.recordsAbout')}>
      {records.isPending ? <Loading /> : null}
      {records.error ? <ErrorNotice error={records.error} onRetry={() => void records.refetch()} /> : null}
      {records.data?.length === 0 ? (
        <EmptyState
          icon={<IconBulb size={36} aria-hidden />}
          title={t('calibrate.lights.empty')}
          body={t('calibrate.lights.emptyBody')}
        />
      ) : null}
      {(records.data ?? []).map((record) => (
        <Item
          key={record.id}
          record={record}
          active={records.data?.find((r) => r.active && r.rigId === record.rigId)}
        />
      ))}
    </Panel>
  );
}

interface ItemProps {
  readonly record: LightSummary;
  /** The record that is in use on the same rig. */
  readonly active: LightSummary | undefined;
}

function Item({ record, active }: ItemProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { id, name, rigId } = record;
  const detail = useQuery(api.lights.get.queryOptions({ input: { id }, enabled: open }));
  const use = useMutation({
    mutationFn: ({ to, reason }: { to: string | null; reason: string }) => core.lights.use({ rigId, id: to, reason }),
    onSettled: refreshLights,
  });
  const before = active?.id ?? null;
  const change = () => {
    const to = record.active ? null : id;
    use.mutate(
      { to, reason: t(record.active ? 'calibrate.detail.stopReason' : 'calibrate.detail.useReason') },
      {
        onSuccess: () => {
          const noteId = `lights-${id}`;
          const undo = () => {
            notifications.hide(noteId);
            use.mutate({ to: before, reason: t('calibrate.lights.undoReason') });
          };
          notifications.hide(noteId);
          notifications.show({
            id: noteId,
            autoClose: 8_000,
            message: (
              <span>
                {t(to === null ? 'calibrate.lights.stopped' : 'calibrate.lights.started', { name })}{' '}
                <Button variant="subtle" size="compact-xs" onClick={undo}>
                  {t('actions.undo')}
                </Button>
              </span>
            ),
          });
        },
      },
    );
  };
  return (
    <article className={styles.detail} data-testid="light-record">
      <h3>{name}</h3>
      <p className={styles.row}>
        {record.active ? <StatusMark tone="pass">{t('calibrate.records.inUse')}</StatusMark> : null}
        {record.simulated ? <SimulatedBadge /> : null}
        <span className={styles.dim}>
          {t('calibrate.lights.facts', {
            count: record.lights,
            method: t(`calibrate.lights.methods.${record.chosen}`),
            time: moment(record.createdAt),
            by: record.createdBy,
          })}
          {record.worstDeg === null ? '' : ` · ${t('calibrate.lights.worst', { worst: degrees(record.worstDeg, 2) })}`}
        </span>
      </p>
      <div className={styles.row}>
        <Button variant="default" size="compact-sm" loading={use.isPending} onClick={change}>
          {t(record.active ? 'calibrate.detail.stop' : 'calibrate.detail.use')}
        </Button>
        <Button variant="subtle" size="compact-sm" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'calibrate.lights.hide' : 'calibrate.lights.show')}
        </Button>
      </div>
      {use.error || detail.error ? <ErrorNotice error={use.error ?? detail.error} /> : null}
      {open && detail.isPending ? <Loading /> : null}
      {open && detail.data ? <LightResult found={detail.data.found} /> : null}
    </article>
  );
}
