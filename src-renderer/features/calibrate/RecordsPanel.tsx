/** All calibrations: which is in use, how long it holds, and the checks made under the chosen one. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CalibrationSummary } from '../../../src-main/contract/calibration.ts';
import { micrometres } from '../../messages/format.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './calibrate.module.css';
import { RecordDetail } from './RecordDetail.tsx';
import { useRecords } from './useCalibration.ts';

const tones = { valid: 'pass', expiring: 'warn', expired: 'fail', drifted: 'fail' } as const;

export function RecordsPanel() {
  const { t } = useTranslation();
  const records = useRecords();
  const [chosen, setChosen] = useState<string | null>(null);
  const list = records.data ?? [];
  const open = list.find((r) => r.id === chosen) ?? list.find((r) => r.active) ?? list[0];
  return (
    <Panel title={t('calibrate.records.title')} note={t('calibrate.records.about')}>
      {records.error ? <ErrorNotice error={records.error} onRetry={() => void records.refetch()} /> : null}
      {records.isPending ? <Loading /> : null}
      {records.data?.length === 0 ? (
        <EmptyState title={t('calibrate.records.empty')} body={t('calibrate.records.emptyBody')} />
      ) : null}
      {list.length > 0 ? (
        <table className={`${table.table} ${styles.records}`}>
          <thead>
            <tr>
              <th scope="col">{t('calibrate.records.name')}</th>
              <th scope="col">{t('calibrate.records.made')}</th>
              <th scope="col" className={table.num}>
                {t('calibrate.records.worst')}
              </th>
              <th scope="col">{t('result.checks.status')}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((record) => (
              <Row key={record.id} record={record} open={record.id === open?.id} onOpen={() => setChosen(record.id)} />
            ))}
          </tbody>
        </table>
      ) : null}
      {open ? <RecordDetail key={open.id} record={open} /> : null}
    </Panel>
  );
}

interface RowProps {
  readonly record: CalibrationSummary;
  readonly open: boolean;
  readonly onOpen: () => void;
}

function Row({ record, open, onOpen }: RowProps) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row">
        <Button variant={open ? 'light' : 'subtle'} size="compact-sm" aria-pressed={open} onClick={onOpen}>
          {record.name}
        </Button>
        {record.simulated ? (
          <div>
            <SimulatedBadge />
          </div>
        ) : null}
      </th>
      <td className={styles.date}>{record.createdAt.slice(0, 10)}</td>
      <td className={table.num}>{micrometres(record.worstMm)}</td>
      <td>
        <StatusMark tone={tones[record.state]}>
          {t(`calibrate.records.${record.state}`)}
          {record.active ? `, ${t('calibrate.records.inUse')}` : ''}
        </StatusMark>
      </td>
    </tr>
  );
}
