/** How the card is lit again: place and strength of the light, relief, detail, highlight, colour. */
import { useTranslation } from 'react-i18next';
import { degrees, fixed, mm, percent } from '../../messages/format.ts';
import { LightPad } from './LightPad.tsx';
import { leastElevationDeg, presetNames } from './light.ts';
import { Slider } from './Slider.tsx';
import { type BaseName, baseNames, shadingLimits, startShading, withPreset } from './settings.ts';
import styles from './surface.module.css';
import { setLight, setShading, setSurface, useSurface } from './surfaceStore.ts';

export function ShadingFields({ hasScale }: { readonly hasScale: boolean }) {
  const { t } = useTranslation();
  const shading = useSurface((state) => state.shading);
  const { light, distanceMm } = shading;
  const times = (value: number) => t('surface.times', { value: fixed(value, 2) });
  return (
    <>
      <section className={styles.section} aria-label={t('surface.light.title')}>
        <h2>{t('surface.light.title')}</h2>
        <div className={styles.lightRow}>
          <LightPad />
          <fieldset className={styles.presets}>
            <legend className="tg-hidden">{t('surface.light.presets')}</legend>
            {presetNames.map((name) => (
              <button
                key={name}
                type="button"
                className={styles.button}
                onClick={() => setSurface({ shading: withPreset(shading, name) })}
              >
                {t(`surface.light.preset.${name}`)}
              </button>
            ))}
          </fieldset>
        </div>
        <Slider
          label={t('surface.light.azimuth')}
          value={Math.round(light.azimuthDeg)}
          {...{ min: 0, max: 359, step: 1 }}
          text={degrees(light.azimuthDeg, 0)}
          onChange={(azimuthDeg) => setLight({ ...light, azimuthDeg })}
        />
        <Slider
          label={t('surface.light.elevation')}
          value={Math.round(light.elevationDeg)}
          {...{ min: leastElevationDeg, max: 90, step: 1 }}
          text={degrees(light.elevationDeg, 0)}
          onChange={(elevationDeg) => setLight({ ...light, elevationDeg })}
        />
        <Slider
          label={t('surface.light.intensity')}
          value={shading.intensity}
          {...shadingLimits.intensity}
          text={times(shading.intensity)}
          onChange={(intensity) => setShading({ intensity })}
        />
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={distanceMm !== null}
            disabled={!hasScale}
            onChange={(event) => setShading({ distanceMm: event.currentTarget.checked ? 200 : null })}
          />
          {t('surface.light.near')}
        </label>
        {distanceMm === null ? null : (
          <Slider
            label={t('surface.light.distance')}
            value={distanceMm}
            {...shadingLimits.distanceMm}
            text={mm(distanceMm, 0)}
            onChange={(value) => setShading({ distanceMm: value })}
          />
        )}
      </section>
      <section className={styles.section} aria-label={t('surface.shading.title')}>
        <h2>{t('surface.shading.title')}</h2>
        <Slider
          label={t('surface.shading.relief')}
          value={shading.relief}
          {...shadingLimits.relief}
          text={times(shading.relief)}
          onChange={(relief) => setShading({ relief })}
        />
        <Slider
          label={t('surface.shading.detail')}
          value={shading.detail}
          {...shadingLimits.detail}
          text={times(shading.detail)}
          onChange={(detail) => setShading({ detail })}
        />
        <Slider
          label={t('surface.shading.contrast')}
          value={shading.contrast}
          {...shadingLimits.contrast}
          text={times(shading.contrast)}
          onChange={(contrast) => setShading({ contrast })}
        />
        <Slider
          label={t('surface.shading.specular')}
          value={shading.specular}
          {...shadingLimits.specular}
          text={fixed(shading.specular, 2)}
          onChange={(specular) => setShading({ specular })}
        />
        <Slider
          label={t('surface.shading.sharpness')}
          value={shading.sharpness}
          {...shadingLimits.sharpness}
          disabled={shading.specular === 0}
          text={fixed(shading.sharpness, 0)}
          onChange={(sharpness) => setShading({ sharpness })}
        />
        <Slider
          label={t('surface.shading.glossShare')}
          value={shading.glossShare}
          {...shadingLimits.glossShare}
          disabled={shading.specular === 0}
          text={percent(shading.glossShare)}
          onChange={(glossShare) => setShading({ glossShare })}
        />
        <fieldset className={styles.choice}>
          <legend>{t('surface.shading.base')}</legend>
          {baseNames.map((base: BaseName) => (
            <label key={base}>
              <input
                type="radio"
                name="surface-base"
                checked={shading.base === base}
                onChange={() => setShading({ base })}
              />
              {t(`surface.shading.bases.${base}`)}
            </label>
          ))}
        </fieldset>
        <button type="button" className={styles.button} onClick={() => setSurface({ shading: startShading })}>
          {t('surface.shading.reset')}
        </button>
      </section>
    </>
  );
}
