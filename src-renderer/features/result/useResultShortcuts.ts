/** Keys of the result: defects one after the other, tabs, report. */
import type { Grading } from '../../../src-main/contract/gradings.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { setPreferences } from '../../state/preferences.ts';
import { select, selectAndZoom, useSelection } from '../../state/selection.ts';
import type { Scene } from '../../viewer/scene.ts';
import { copyReport, saveReport } from './reportFile.ts';
import { stepThrough } from './stepThrough.ts';

export function useResultShortcuts(grading: Grading, scene: Scene): void {
  const selected = useSelection((state) => state.selected);
  const ids = scene.defects.map(({ id }) => id);
  const step = (by: number) => {
    const id = stepThrough(ids, selected?.kind === 'defect' ? selected.id : null, by);
    if (id === undefined) return;
    setPreferences({ panelTab: 'findings' });
    selectAndZoom({ kind: 'defect', id });
  };
  useShortcut('nextDefect', () => step(1), ids.length > 0);
  useShortcut('previousDefect', () => step(-1), ids.length > 0);
  useShortcut('zoomSelected', () => selectAndZoom(selected), selected !== null);
  useShortcut('clearSelection', () => select(null), selected !== null);
  useShortcut('tabFindings', () => setPreferences({ panelTab: 'findings' }));
  useShortcut('tabWidths', () => setPreferences({ panelTab: 'widths' }));
  useShortcut('tabChecks', () => setPreferences({ panelTab: 'checks' }));
  useShortcut('copyReport', () => void copyReport(grading));
  useShortcut('saveReport', () => saveReport(grading));
  useShortcut('print', () => window.print());
}
