/** All controls of the surface viewer: layers and comparison, light and shading, tools, values. */
import { useTranslation } from 'react-i18next';
import type { PointPx } from '../../../src-main/contract/geometry.ts';
import type { View } from '../../../src-main/contract/gradings.ts';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { shortcutText } from '../../shortcuts/index.ts';
import { LayerFields } from './LayerFields.tsx';
import { ProfilePanel } from './ProfilePanel.tsx';
import { ShadingFields } from './ShadingFields.tsx';
import { compareModes } from './settings.ts';
import styles from './surface.module.css';
import { setSurface, type Tool, useSurface } from './surfaceStore.ts';
import { ValueReadout } from './ValueReadout.tsx';

const tools: readonly Tool[] = ['move', 'light', 'profile'];
const toolKeys = { move: null, light: 'surfaceLight', profile: 'surfaceProfile' } as const;

export interface SurfacePanelProps {
  readonly maps: string;
  readonly info: MapsInfo;
  readonly views: readonly View[];
  readonly pointer: PointPx | null;
}

export function SurfacePanel({ maps, info, views, pointer }: SurfacePanelProps) {
  const { t } = useTranslation();
  const compare = useSurface((state) => state.compare);
  const tool = useSurface((state) => state.tool);
  const terrain = useSurface((state) => state.terrain);
  const first = useSurface((state) => state.first.layer);
  const second = useSurface((state) => state.second.layer);
  const lit = first === 'relit' || (compare !== 'single' && second === 'relit');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it
    <section className={styles.panel} aria-label={t('surface.title')} tabIndex={0}>
      <div className={styles.section}>
        <fieldset className={styles.choice}>
          <legend>{t('surface.tools.title')}</legend>
          {tools.map((name) => {
            const key = toolKeys[name];
            return (
              <label key={name}>
                <input
                  type="radio"
                  name="surface-tool"
                  checked={tool === name}
                  onChange={() => setSurface({ tool: name })}
                />
                {t(`surface.tools.${name}`)}
                {key ? <kbd aria-hidden>{shortcutText(key)}</kbd> : null}
              </label>
            );
          })}
        </fieldset>
        <button
          type="button"
          className={styles.button}
          aria-pressed={terrain}
          onClick={() => setSurface({ terrain: !terrain, region: null })}
        >
          {t('surface.terrain.open')} <kbd aria-hidden>{shortcutText('surfaceTerrain')}</kbd>
        </button>
      </div>
      <LayerFields
        place="first"
        label={compare === 'single' ? t('surface.layer') : t('surface.compare.first')}
        {...{ info, views }}
      />
      <div className={styles.section}>
        <fieldset className={styles.choice}>
          <legend>{t('surface.compare.title')}</legend>
          {compareModes.map((mode) => (
            <label key={mode}>
              <input
                type="radio"
                name="surface-compare"
                checked={compare === mode}
                onChange={() => setSurface({ compare: mode })}
              />
              {t(`surface.compare.${mode}`)}
            </label>
          ))}
        </fieldset>
      </div>
      {compare === 'single' ? null : (
        <LayerFields place="second" label={t('surface.compare.second')} {...{ info, views }} />
      )}
      {lit ? <ShadingFields hasScale={info.pixelPitchMm !== null} /> : null}
      <ProfilePanel maps={maps} info={info} />
      <ValueReadout maps={maps} info={info} pointer={pointer} />
    </section>
  );
}
