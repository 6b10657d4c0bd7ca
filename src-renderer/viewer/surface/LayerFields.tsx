/** Which layer is shown, in which colours and over which range, with its legend. */
import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { View } from '../../../src-main/contract/gradings.ts';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { significant } from '../../messages/format.ts';
import { colourMapNames, colourTable, cssColour } from './colourMaps.ts';
import { findPlane, isSigned, type LayerName, layerNames, layerSources, readUnit, startRange } from './layers.ts';
import styles from './surface.module.css';
import { setLayer, setSurface, useSurface } from './surfaceStore.ts';

export interface LayerFieldsProps {
  readonly place: 'first' | 'second';
  readonly label: string;
  readonly info: MapsInfo;
  readonly views: readonly View[];
}

/** Layers that these maps and pictures have. */
function available(info: MapsInfo, views: readonly View[]): readonly LayerName[] {
  return layerNames.filter((name) => {
    const source = layerSources[name];
    if (source.kind === 'picture') return views.some((view) => view.name === source.view);
    return source.kind !== 'scalar' || findPlane(info, source.plane) !== undefined;
  });
}

export function LayerFields({ place, label, info, views }: LayerFieldsProps) {
  const { t } = useTranslation();
  const id = useId();
  const view = useSurface((state) => state[place]);
  return (
    <section className={styles.section} aria-label={label}>
      <label className={styles.field} htmlFor={id}>
        {label}
        <select
          id={id}
          value={view.layer}
          onChange={(event) => {
            const chosen = layerNames.find((name) => name === event.currentTarget.value);
            if (chosen) setLayer(place, chosen);
          }}
        >
          {available(info, views).map((name) => (
            <option key={name} value={name}>
              {t(`surface.layers.${name}`)}
            </option>
          ))}
        </select>
      </label>
      <p className={styles.small}>{t(`surface.about.${view.layer}`)}</p>
      {layerSources[view.layer].kind === 'scalar' ? <ScaleFields place={place} info={info} /> : null}
    </section>
  );
}

function ScaleFields({ place, info }: Pick<LayerFieldsProps, 'place' | 'info'>) {
  const { t } = useTranslation();
  const id = useId();
  const view = useSurface((state) => state[place]);
  const source = layerSources[view.layer];
  const plane = source.kind === 'scalar' ? findPlane(info, source.plane) : undefined;
  const { factor, unit } = readUnit(plane?.unit ?? '');
  const range = view.range ?? startRange(info, view.layer);
  const set = (change: Partial<typeof range>) => setSurface({ [place]: { ...view, range: { ...range, ...change } } });
  const bound = (end: 'low' | 'high', value: string) => {
    const number = Number(value) / factor;
    if (value.trim() === '' || !Number.isFinite(number)) return;
    // Signed layers stay symmetric, so that zero keeps its colour.
    if (isSigned(view.layer) && view.colours === 'coolwarm') set({ low: -Math.abs(number), high: Math.abs(number) });
    else set({ [end]: number });
  };
  const scaled = (by: number) => {
    const middle = isSigned(view.layer) ? 0 : range.low;
    set({ low: middle + (range.low - middle) * by, high: middle + (range.high - middle) * by });
  };
  return (
    <>
      <label className={styles.field} htmlFor={`${id}-colours`}>
        {t('surface.scale.colours')}
        <select
          id={`${id}-colours`}
          value={view.colours}
          onChange={(event) => {
            const colours = colourMapNames.find((name) => name === event.currentTarget.value);
            if (colours) setSurface({ [place]: { ...view, colours } });
          }}
        >
          {colourMapNames.map((name) => (
            <option key={name} value={name}>
              {t(`surface.scale.maps.${name}`)}
            </option>
          ))}
        </select>
      </label>
      <Legend colours={view.colours} low={range.low * factor} high={range.high * factor} unit={unit} />
      <div className={styles.range}>
        {(['low', 'high'] as const).map((end) => (
          <label key={`${end} ${range[end]}`}>
            {t(`surface.scale.${end}`, { unit: unit === '' ? '' : ` (${unit})` })}
            <input
              type="number"
              step="any"
              defaultValue={Number((range[end] * factor).toPrecision(4))}
              onBlur={(event) => bound(end, event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') bound(end, event.currentTarget.value);
              }}
            />
          </label>
        ))}
      </div>
      <div className={styles.row}>
        <button type="button" className={styles.button} onClick={() => scaled(0.5)}>
          {t('surface.scale.narrower')}
        </button>
        <button type="button" className={styles.button} onClick={() => scaled(2)}>
          {t('surface.scale.wider')}
        </button>
        <button
          type="button"
          className={styles.button}
          disabled={view.range === null}
          onClick={() => setSurface({ [place]: { ...view, range: null } })}
        >
          {t('surface.scale.auto')}
        </button>
      </div>
    </>
  );
}

interface LegendProps {
  readonly colours: (typeof colourMapNames)[number];
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}

export function Legend({ colours, low, high, unit }: LegendProps) {
  const { t } = useTranslation();
  const gradient = useMemo(() => {
    const table = colourTable(colours);
    const stops = Array.from({ length: 17 }, (_, i) => cssColour(table, i / 16));
    return `linear-gradient(to right, ${stops.join(', ')})`;
  }, [colours]);
  const withUnit = (value: number) => `${significant(value)}${unit === '' ? '' : ` ${unit}`}`;
  const text = t('surface.scale.legend', { low: withUnit(low), high: withUnit(high) });
  return (
    <div className={styles.legend} role="img" aria-label={text} data-testid="legend">
      <div className={styles.legendBar} style={{ background: gradient }} />
      <div className={styles.legendText} aria-hidden>
        <span>{withUnit(low)}</span>
        <span>{withUnit((low + high) / 2)}</span>
        <span>{withUnit(high)}</span>
      </div>
    </div>
  );
}
