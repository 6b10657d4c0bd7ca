/** The true values of all maps under the pointer, asked of the core at full resolution. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PointPx } from '../../../src-main/contract/geometry.ts';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { fixed, significant } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { readUnit } from './layers.ts';
import styles from './surface.module.css';

/** A pointer that rests this long is asked for. */
const restMs = 60;

export interface ValueReadoutProps {
  readonly maps: string;
  readonly info: MapsInfo;
  readonly pointer: PointPx | null;
}

export function ValueReadout({ maps, info, pointer }: ValueReadoutProps) {
  const { t } = useTranslation();
  const at = useRested(pointer && inImage(pointer, info) ? pointer : null);
  const values = useQuery({
    ...api.surface.values.queryOptions({ input: { maps, at: at ?? { xPx: 0, yPx: 0 } } }),
    enabled: at !== null,
    placeholderData: keepPreviousData,
    gcTime: 5_000,
  });
  const shown = at && values.data ? values.data.values : [];
  return (
    <section className={styles.section} aria-label={t('surface.values.title')}>
      <h2>
        {t('surface.values.title')}
        {at ? (
          <span className={styles.small}>
            {' '}
            {t('result.viewer.position', { x: fixed(at.xPx, 1), y: fixed(at.yPx, 1) })}
          </span>
        ) : null}
      </h2>
      {shown.length === 0 ? (
        <p className={styles.small}>{t('surface.values.none')}</p>
      ) : (
        <dl className={styles.values} data-testid="surface-values">
          {shown.map(({ plane, unit, value }) => {
            const read = readUnit(unit);
            return (
              <div key={plane}>
                <dt>{t(`surface.layers.${plane}`)}</dt>
                <dd>
                  {value === null
                    ? t('surface.values.unknown')
                    : `${significant(value * read.factor)}${read.unit === '' ? '' : ` ${read.unit}`}`}
                </dd>
              </div>
            );
          })}
        </dl>
      )}
    </section>
  );
}

function inImage({ xPx, yPx }: PointPx, { widthPx, heightPx }: MapsInfo): boolean {
  return xPx >= -0.5 && yPx >= -0.5 && xPx <= widthPx - 0.5 && yPx <= heightPx - 0.5;
}

function useRested(point: PointPx | null): PointPx | null {
  const [rested, setRested] = useState<PointPx | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRested(point), restMs);
    return () => clearTimeout(timer);
  }, [point]);
  return rested;
}
