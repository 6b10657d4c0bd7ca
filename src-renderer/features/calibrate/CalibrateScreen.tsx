/** Camera and scale: sheets to print, the guided calibration, and the records with their checks. */
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { AcceptPanel } from './AcceptPanel.tsx';
import { BeginPanel } from './BeginPanel.tsx';
import styles from './calibrate.module.css';
import { PlanePanel } from './PlanePanel.tsx';
import { RecordsPanel } from './RecordsPanel.tsx';
import { ScalePanel } from './ScalePanel.tsx';
import { SheetsPanel } from './SheetsPanel.tsx';
import { useDraft } from './useCalibration.ts';
import { ViewsPanel } from './ViewsPanel.tsx';

export function CalibrateScreen() {
  const { t } = useTranslation();
  const draft = useDraft();
  return (
    <Screen title={t('calibrate.title')} note={draft.data?.simulated ? <SimulatedBadge /> : null}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.body} tabIndex={0} aria-label={t('calibrate.title')}>
        <div className={styles.column}>
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
        </div>
        <div className={styles.column}>
          <RecordsPanel />
        </div>
      </section>
    </Screen>
  );
}
