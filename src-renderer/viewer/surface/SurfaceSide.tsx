/** Beside the card while Surface is open: its controls, or why there are none for this grading. */
import { Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PointPx } from '../../../src-main/contract/geometry.ts';
import type { View } from '../../../src-main/contract/gradings.ts';
import type { MapsInfo, MapsRef } from '../../../src-main/contract/surface-maps.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SurfacePanel } from './SurfacePanel.tsx';
import styles from './surface.module.css';

export interface SurfaceSideProps {
  readonly maps: MapsRef | null;
  /** The maps are being written and will be here in seconds. */
  readonly pending: boolean;
  /** What is said where there are none. */
  readonly noMaps: ReactNode;
  readonly info: MapsInfo | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly views: readonly View[];
  readonly pointer: PointPx | null;
}

export function SurfaceSide({ maps, pending, noMaps, info, error, onRetry, views, pointer }: SurfaceSideProps) {
  const { t } = useTranslation();
  if (maps && info) return <SurfacePanel maps={maps.id} {...{ info, views, pointer }} />;
  return (
    <section className={styles.panel} aria-label={t('surface.title')}>
      <div className={styles.section}>
        {maps === null && pending ? (
          <div className={styles.pending} role="status">
            <Progress value={100} animated aria-label={t('surface.pending')} />
            <p>{t('surface.pending')}</p>
          </div>
        ) : maps === null ? (
          noMaps
        ) : error ? (
          <ErrorNotice error={error} onRetry={onRetry} />
        ) : (
          <p role="status">{t('surface.loading')}</p>
        )}
      </div>
    </section>
  );
}
