/** From a finding to the surface: in a raking light across it, or in three dimensions. */
import { useTranslation } from 'react-i18next';
import type { Defect } from '../../../src-main/contract/report.ts';
import { selectAndZoom } from '../../state/selection.ts';
import { boxAround, growBox } from '../transform.ts';
import { rakingAcross } from './light.ts';
import { layerView } from './settings.ts';
import styles from './surface.module.css';
import { setSurface, useSurface } from './surfaceStore.ts';

/** What is shown around a finding in three dimensions, px at least: two millimetres at bench resolution. */
const leastPx = 50;

export function FindingActions({ defect }: { readonly defect: Defect }) {
  const { t } = useTranslation();
  const outline = defect.polygonPx.map(([xPx, yPx]) => ({ xPx, yPx }));
  const show = (terrain: boolean) => {
    const { shading } = useSurface.getState();
    const box = boxAround(outline);
    const around = box && growBox(box, 0.6, leastPx);
    setSurface({
      open: true,
      tool: 'light',
      compare: 'single',
      first: layerView('relit'),
      shading: { ...shading, light: rakingAcross(outline), ring: false, relief: Math.max(shading.relief, 3) },
      terrain,
      // Integer coordinates are pixel centres; a region goes by edges.
      region: around && { x0: around.minX + 0.5, y0: around.minY + 0.5, x1: around.maxX + 0.5, y1: around.maxY + 0.5 },
    });
    selectAndZoom({ kind: 'defect', id: defect.id });
  };
  return (
    <div className={styles.row}>
      <button
        type="button"
        className={styles.panelButton}
        title={t('surface.finding.rakeLong')}
        onClick={() => show(false)}
      >
        {t('surface.finding.rake')}
      </button>
      <button
        type="button"
        className={styles.panelButton}
        title={t('surface.finding.terrainLong')}
        onClick={() => show(true)}
      >
        {t('surface.finding.terrain')}
      </button>
    </div>
  );
}
