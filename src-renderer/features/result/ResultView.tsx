/** One grading: the image with its overlays, and beside it grade, centering, findings, widths and checks. */
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import { setPreferences, usePreferences } from '../../state/preferences.ts';
import { clearSelection } from '../../state/selection.ts';
import { CardViewer } from '../../viewer/CardViewer.tsx';
import { sceneOf } from '../../viewer/scene.ts';
import { BordersQuestion } from './BordersQuestion.tsx';
import { CardFacts } from './CardFacts.tsx';
import { CenteringPanel } from './CenteringPanel.tsx';
import { ChecksPanel } from './ChecksPanel.tsx';
import { FindingsPanel } from './FindingsPanel.tsx';
import { GradeHeader } from './GradeHeader.tsx';
import { NeedsPerson } from './NeedsPerson.tsx';
import { NoMaps } from './NoMaps.tsx';
import { PrintPanel } from './PrintPanel.tsx';
import { PrintReport } from './PrintReport.tsx';
import styles from './result.module.css';
import { SubgradeBars } from './SubgradeBars.tsx';
import { useResultShortcuts } from './useResultShortcuts.ts';
import { VerdictTable } from './VerdictTable.tsx';
import { WidthsPanel } from './WidthsPanel.tsx';

const tabs = ['findings', 'widths', 'checks'] as const;
type Tab = (typeof tabs)[number];

export function ResultView({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const { report, views, maps } = grading;
  const scene = useMemo(() => sceneOf(report), [report]);
  useEffect(() => clearSelection, []);
  useResultShortcuts(grading, scene);
  return (
    <div className={styles.result}>
      <CardViewer
        {...{ views, maps, scene }}
        mapsPending={grading.mapsPending ?? false}
        noMaps={<NoMaps grading={grading} />}
        simulated={report.simulated}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.side} aria-label={t('result.panel')} tabIndex={0}>
        <GradeHeader grading={grading} />
        <NeedsPerson report={report} />
        <BordersQuestion grading={grading} />
        <SubgradeBars grade={report.grade} />
        <CenteringPanel report={report} />
        <PrintPanel grading={grading} />
        <VerdictTable report={report} />
        <CardFacts report={report} />
        <Tabs grading={grading} />
      </section>
      <PrintReport grading={grading} scene={scene} />
    </div>
  );
}

function Tabs({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const tab = usePreferences((state) => state.panelTab);
  return (
    <div className={styles.tabs}>
      <div className={styles.tabList} role="tablist" aria-label={t('result.tabs.label')}>
        {tabs.map((name) => (
          <TabButton key={name} name={name} current={tab} />
        ))}
      </div>
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'findings' ? <FindingsPanel report={grading.report} /> : null}
        {tab === 'widths' ? <WidthsPanel measurement={grading.report.measurement} /> : null}
        {tab === 'checks' ? <ChecksPanel report={grading.report} /> : null}
      </div>
    </div>
  );
}

function TabButton({ name, current }: { readonly name: Tab; readonly current: Tab }) {
  const { t } = useTranslation();
  const selected = name === current;
  const move = (by: number) => {
    const next = tabs[(tabs.indexOf(name) + by + tabs.length) % tabs.length];
    if (!next) return;
    setPreferences({ panelTab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${name}`}
      aria-selected={selected}
      aria-controls={selected ? `panel-${name}` : undefined}
      tabIndex={selected ? 0 : -1}
      className={styles.tab}
      onClick={() => setPreferences({ panelTab: name })}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') move(1);
        if (event.key === 'ArrowLeft') move(-1);
      }}
    >
      {t(`result.tabs.${name}`)}
    </button>
  );
}
