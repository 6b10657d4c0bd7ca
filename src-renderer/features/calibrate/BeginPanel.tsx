/** Begins a calibration on one of the rigs. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, core } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import styles from './calibrate.module.css';
import { useDraftChange } from './useCalibration.ts';

export function BeginPanel() {
  const { t } = useTranslation();
  const rigs = useQuery(api.rigs.list.queryOptions());
  const [chosen, setChosen] = useState<string | null>(null);
  const rigId = chosen ?? rigs.data?.[0]?.id ?? '';
  const begin = useDraftChange(() => core.calibrations.begin({ rigId }));
  const simulated = rigs.data?.find((rig) => rig.id === rigId)?.simulated ?? false;
  return (
    <Panel title={t('calibrate.begin.title')} note={t('calibrate.begin.about')}>
      <div className={styles.row}>
        <NativeSelect
          label={t('calibrate.begin.rig')}
          value={rigId}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={(rigs.data ?? []).map((rig) => ({ value: rig.id, label: rig.name }))}
        />
        <Button onClick={() => begin.mutate(undefined)} loading={begin.isPending} disabled={rigId === ''}>
          {t('calibrate.begin.start')}
        </Button>
        {simulated ? <SimulatedBadge /> : null}
      </div>
      {begin.error || rigs.error ? <ErrorNotice error={begin.error ?? rigs.error} /> : null}
    </Panel>
  );
}
