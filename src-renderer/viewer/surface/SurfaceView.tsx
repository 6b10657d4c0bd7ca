/** The surface over the picture: the GPU's canvas in step with zoom and pan, the divider of a comparison, the tools. */
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { View } from '../../../src-main/contract/gradings.ts';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import type { BoxPx, ScreenPoint, ViewTransform } from '../transform.ts';
import { panesOf } from './panes.ts';
import { SwipeHandle } from './SwipeHandle.tsx';
import styles from './surface.module.css';
import { useSurface } from './surfaceStore.ts';
import { TerrainView } from './TerrainView.tsx';
import { ToolLayer } from './ToolLayer.tsx';
import { type EdgeRect, onCard, shownRect, type ViewSize } from './tiles.ts';
import { useSurfaceRenderer } from './useSurfaceRenderer.ts';

export interface SurfaceViewProps {
  readonly maps: string;
  readonly info: MapsInfo;
  readonly views: readonly View[];
  readonly transform: ViewTransform;
  readonly size: ViewSize;
  /** The card in the image; null where it was not found. */
  readonly card: BoxPx | null;
  /** A click with a tool in hand selects what is under it. */
  readonly onClick: (at: ScreenPoint) => void;
  readonly onZoom: (factor: number, at: ScreenPoint) => void;
}

export function SurfaceView({ maps, info, views, transform, size, card, onClick, onZoom }: SurfaceViewProps) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const shading = useSurface((state) => state.shading);
  const compare = useSurface((state) => state.compare);
  const split = useSurface((state) => state.split);
  const first = useSurface((state) => state.first);
  const second = useSurface((state) => state.second);
  const { width, height } = size;
  const scene = useMemo(() => {
    const screen = { width, height };
    return {
      panes: panesOf({ compare, split, first, second }, transform, screen),
      shading,
      size: screen,
      opaque: compare === 'side',
    };
  }, [compare, split, first, second, transform, shading, width, height]);
  const idOf = (name: 'photo' | 'albedo') => views.find((view) => view.name === name)?.image ?? null;
  const pictures = { photo: idOf('photo'), albedo: idOf('albedo') };
  const state = useSurfaceRenderer(canvas, maps, info, pictures, scene);
  const terrain = useSurface((now) => now.terrain);
  const region = useSurface((now) => now.region);
  // What is in view when it is opened: zooming happens in there from then on.
  const inView = useRef<EdgeRect | null>(null);
  if (!terrain) inView.current = null;
  else inView.current ??= region ?? onCard(shownRect(info, transform, size), card);
  const part = inView.current;
  const broken = state.status === 'unsupported' || state.status === 'lost' || state.status === 'failed';
  return (
    <>
      <canvas
        ref={canvas}
        className={styles.canvas}
        data-testid="surface-canvas"
        data-image={`${info.widthPx}x${info.heightPx}`}
        aria-hidden
        hidden={broken}
      />
      {state.status === 'ready' ? (
        <ToolLayer
          half={compare === 'side' ? width / 2 : null}
          transform={transform}
          size={size}
          info={info}
          onClick={onClick}
          onZoom={onZoom}
        />
      ) : null}
      {state.status === 'ready' && compare !== 'single' ? <SwipeHandle size={size} /> : null}
      {broken ? (
        <div className={styles.notice} role="alert">
          <strong>{t(`surface.status.${state.status}`)}</strong>
          <span>{t(`surface.statusNext.${state.status}`)}</span>
          {state.error instanceof Error ? <span className={styles.small}>{state.error.message}</span> : null}
        </div>
      ) : null}
      {state.tileError ? (
        <div className={styles.notice}>
          <ErrorNotice error={state.tileError} onRetry={state.retry} />
        </div>
      ) : null}
      {part ? <TerrainView {...{ maps, info, views, part }} /> : null}
      {state.gpu?.software && !part ? (
        <p className={styles.software} role="status">
          {t('surface.software')}
        </p>
      ) : null}
    </>
  );
}
