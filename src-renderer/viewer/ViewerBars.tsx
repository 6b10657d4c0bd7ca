/** Controls that float over the image: layers, overlays, zoom and read-out. */
import { IconArrowsMaximize, IconMinus, IconPlus, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { PointPx } from '../../src-main/contract/geometry.ts';
import type { View } from '../../src-main/contract/gradings.ts';
import { type ViewName, viewNames } from '../../src-main/contract/report.ts';
import { fixed, percent } from '../messages/format.ts';
import { type Command, shortcutText } from '../shortcuts/index.ts';
import { type OverlayName, overlayNames, toggleOverlay, usePreferences } from '../state/preferences.ts';
import { ShortcutTip } from '../ui/Keys.tsx';
import type { ImageStage } from './stage.ts';
import type { ViewTransform } from './transform.ts';
import styles from './viewer.module.css';

const layerCommands: Record<ViewName, Command> = {
  photo: 'layer1',
  albedo: 'layer2',
  normals: 'layer3',
  gloss: 'layer4',
  curvature: 'layer5',
  height: 'layer6',
  residual: 'layer7',
};

const overlayCommands: Record<OverlayName, Command> = {
  points: 'overlayPoints',
  labels: 'overlayLabels',
  borders: 'overlayBorders',
  stations: 'overlayStations',
  defects: 'overlayDefects',
};

export interface LayerBarProps {
  readonly views: readonly View[];
  /** Null while the surface is shown instead. */
  readonly current: ViewName | null;
  readonly onChange: (name: ViewName) => void;
}

export function LayerBar({ views, current, onChange }: LayerBarProps) {
  const { t } = useTranslation();
  const names = viewNames.filter((name) => views.some((view) => view.name === name));
  return (
    <fieldset className={styles.tools}>
      <legend className="tg-hidden">{t('result.viewer.layers')}</legend>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          className={styles.tool}
          aria-pressed={name === current}
          onClick={() => onChange(name)}
        >
          <kbd aria-hidden>{shortcutText(layerCommands[name])}</kbd>
          {t(`views.${name}`)}
        </button>
      ))}
    </fieldset>
  );
}

export interface SurfaceToggleProps {
  readonly pressed: boolean;
  readonly onChange: (open: boolean) => void;
}

/** Opens relighting, value layers, profile and 3-D. */
export function SurfaceToggle({ pressed, onChange }: SurfaceToggleProps) {
  const { t } = useTranslation();
  return (
    <button type="button" className={styles.tool} aria-pressed={pressed} onClick={() => onChange(!pressed)}>
      <kbd aria-hidden>{shortcutText('surface')}</kbd>
      <IconSun size={14} aria-hidden />
      {t('surface.toggle')}
    </button>
  );
}

export function OverlayBar() {
  const { t } = useTranslation();
  const overlays = usePreferences((state) => state.overlays);
  return (
    <fieldset className={styles.tools}>
      <legend className="tg-hidden">{t('result.viewer.overlays')}</legend>
      {overlayNames.map((name) => (
        <button
          key={name}
          type="button"
          className={styles.tool}
          aria-pressed={overlays[name]}
          onClick={() => toggleOverlay(name)}
        >
          <kbd aria-hidden>{shortcutText(overlayCommands[name])}</kbd>
          {t(`overlays.${name}`)}
        </button>
      ))}
    </fieldset>
  );
}

export interface ZoomBarProps {
  readonly stage: ImageStage | null;
  readonly transform: ViewTransform | null;
  readonly pointer: PointPx | null;
  readonly onFit: () => void;
}

export function ZoomBar({ stage, transform, pointer, onFit }: ZoomBarProps) {
  const { t } = useTranslation();
  return (
    <div className={`${styles.tools} ${styles.zoom}`}>
      <span className={styles.readout}>
        {pointer ? t('result.viewer.position', { x: fixed(pointer.xPx, 1), y: fixed(pointer.yPx, 1) }) : ''}
      </span>
      <span className={styles.percent}>{transform ? percent(transform.scale * (devicePixelRatio || 1)) : ''}</span>
      <ShortcutTip command="zoomOut" position="top">
        <button
          type="button"
          className={styles.tool}
          aria-label={t('result.viewer.zoomOut')}
          onClick={() => stage?.zoomBy(1 / 1.4)}
        >
          <IconMinus size={15} aria-hidden />
        </button>
      </ShortcutTip>
      <ShortcutTip command="zoomIn" position="top">
        <button
          type="button"
          className={styles.tool}
          aria-label={t('result.viewer.zoomIn')}
          onClick={() => stage?.zoomBy(1.4)}
        >
          <IconPlus size={15} aria-hidden />
        </button>
      </ShortcutTip>
      <ShortcutTip command="zoomFit" position="top">
        <button type="button" className={styles.tool} aria-label={t('result.viewer.fit')} onClick={onFit}>
          <IconArrowsMaximize size={15} aria-hidden />
        </button>
      </ShortcutTip>
      <ShortcutTip command="zoomOne" position="top">
        <button
          type="button"
          className={styles.tool}
          aria-label={t('shortcuts.zoomOne')}
          onClick={() => stage?.oneToOne()}
        >
          {t('result.viewer.one')}
        </button>
      </ShortcutTip>
    </div>
  );
}
