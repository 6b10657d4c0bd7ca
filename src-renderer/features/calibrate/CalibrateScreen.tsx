/** Camera and scale, or the lights: guided calibration on the left, kept records with their checks on the right. */
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { AcceptPanel } from './AcceptPanel.tsx';
import { BeginPanel } from './BeginPanel.tsx';
import styles from './calibrate.module.css';
import { LightRecords } from './LightRecords.tsx';
import { LightsPanel } from './LightsPanel.tsx';
import { PlanePanel } from './PlanePanel.tsx';
import { RecordsPanel } from './RecordsPanel.tsx';
import { ScalePanel } from './ScalePanel.tsx';
import { SheetsPanel } from './SheetsPanel.tsx';
import { useDraft } from './useCalibration.ts';
import { ViewsPanel } from './ViewsPanel.tsx';

const parts = ['camera', 'lights'] as const;

export function CalibrateScreen() {
  const { t } = useTranslation();
  const draft = useDraft();
  const [part, setPart] = useState<(typeof parts)[number]>('camera');
  return (
    <Screen
      title={t('calibrate.title')}
      note={part === 'camera' && draft.data?.simulated ? <SimulatedBadge /> : null}
      tools={
        <SegmentedControl
          aria-label={t('calibrate.part')}
          value={part}
          onChange={setPart}
          data={parts.map((value) => ({ value, label: t(`calibrate.parts.${value}`) }))}
        />
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.body} tabIndex={0} aria-label={t('calibrate.title')}>
        <div className={styles.column}>{part === 'camera' ? <Camera /> : <LightsPanel />}</div>
        <div className={styles.column}>{part === 'camera' ? <RecordsPanel /> : <LightRecords />}</div>
      </section>
    </Screen>
  );
}

function Camera() {
  const draft = useDraft();
  return (
    <>
      {draft.isPending ? <Loading /> : null}
      {draft.error ? <ErrorNotice error={draft.error} onRetry={() => void draft.refetch()} /> : null}
      {draft.data === null ? <BeginPanel /> : null}
      {draft.data ? (
        <>
          <ViewsPanel draft={draft.data} />
          <PlanePanel draft={draft.data} />
          <ScalePanel draft={draft.data} />
          <AcceptPanel draft={draft.data} />
        </>
      ) : null}
      <SheetsPanel />
    </>
  );
}
