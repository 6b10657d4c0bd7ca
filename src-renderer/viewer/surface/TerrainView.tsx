/** A part of the surface in three dimensions: turned by mouse, touch and keys, draped with any layer, with lines. */
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { View } from '../../../src-main/contract/gradings.ts';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { fixed, significant } from '../../messages/format.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { loadHeights } from './heightField.ts';
import { findPlane, readUnit } from './layers.ts';
import { roundLength } from './profile.ts';
import { Slider } from './Slider.tsx';
import styles from './surface.module.css';
import { setSurface, useSurface } from './surfaceStore.ts';
import {
  contourStep,
  type HeightStats,
  heightStats,
  orbitByKey,
  pointGrid,
  startExaggeration,
  startOrbit,
  turnedOrbit,
} from './terrain.ts';
import type { TerrainPart, TerrainScene } from './terrainRenderer.ts';
import type { EdgeRect } from './tiles.ts';
import { useTerrain } from './useTerrain.ts';

export interface TerrainViewProps {
  readonly maps: string;
  readonly info: MapsInfo;
  readonly views: readonly View[];
  /** The part of the image to show. */
  readonly part: EdgeRect;
}

const lineKinds = ['noLines', 'grid', 'contours'] as const;
type LineKind = (typeof lineKinds)[number];

export function TerrainView({ maps, info, views, part }: TerrainViewProps) {
  const { t } = useTranslation();
  const grid = useMemo(() => pointGrid(info, part), [info, part]);
  const heights = useQuery({
    queryKey: ['heights', maps, grid],
    queryFn: ({ signal }) => loadHeights(maps, info, grid, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });
  const stats = useMemo(() => (heights.data ? heightStats(heights.data) : null), [heights.data]);
  const close = () => setSurface({ terrain: false, region: null });
  return (
    <section className={styles.terrain} aria-label={t('surface.terrain.title')}>
      {heights.data && stats ? (
        <Scene key={`${maps} ${JSON.stringify(grid)}`} {...{ maps, info, views, grid, stats }} heights={heights.data} />
      ) : (
        <div className={styles.notice} role="status">
          {heights.error ? (
            <ErrorNotice error={heights.error} onRetry={() => void heights.refetch()} />
          ) : heights.data ? (
            <>
              <strong>{t('surface.terrain.empty')}</strong>
              <span>{t('surface.terrain.emptyNext')}</span>
            </>
          ) : (
            t('surface.terrain.loading')
          )}
        </div>
      )}
      <button type="button" className={`${styles.button} ${styles.close}`} onClick={close}>
        {t('surface.terrain.close')}
      </button>
    </section>
  );
}

interface SceneProps extends Omit<TerrainViewProps, 'part'> {
  readonly grid: ReturnType<typeof pointGrid>;
  readonly heights: Float32Array;
  readonly stats: HeightStats;
}

function Scene({ maps, info, views, grid, heights, stats }: SceneProps) {
  const { t } = useTranslation();
  const hint = useId();
  const canvas = useRef<HTMLCanvasElement>(null);
  const pitch = info.pixelPitchMm;
  const { factor, unit } = readUnit(findPlane(info, 'height')?.unit ?? '');
  const pxPerHeight = pitch === null ? 1 : 1 / pitch;
  const shading = useSurface((state) => state.shading);
  const view = useSurface((state) => state.first);
  const [orbit, setOrbit] = useState(startOrbit);
  const [exaggeration, setExaggeration] = useState(() =>
    startExaggeration(stats, (Math.max(grid.width, grid.height) * grid.stepPx) / pxPerHeight),
  );
  const [lines, setLines] = useState<LineKind>('noLines');
  const contour = contourStep(stats);
  const gridPx = roundLength((Math.max(grid.width, grid.height) * grid.stepPx * (pitch ?? 1)) / 8) / (pitch ?? 1);
  const part = useMemo(
    (): TerrainPart => ({ grid, heights, mean: stats.mean, pxPerHeight }),
    [grid, heights, stats, pxPerHeight],
  );
  const scene = useMemo(
    (): TerrainScene => ({
      ...{ view, shading, orbit, exaggeration },
      contour: lines === 'contours' ? contour : 0,
      gridPx: lines === 'grid' ? gridPx : 0,
    }),
    [view, shading, orbit, exaggeration, lines, contour, gridPx],
  );
  const failure = useTerrain(canvas, maps, info, views, part, scene);
  const held = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const onPointerMove = (event: PointerEvent) => {
    const from = held.current;
    if (!from) return;
    held.current = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    setOrbit((now) => turnedOrbit({ ...now, yawDeg: now.yawDeg + 0.4 * dx, pitchDeg: now.pitchDeg + 0.3 * dy }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = orbitByKey(orbit, event.key);
    if (!next) return;
    event.preventDefault();
    setOrbit(next);
  };
  const step = lines === 'contours' ? `${significant(contour * factor)} ${unit}` : gridText(gridPx, pitch);
  const extent = (points: number) => points * grid.stepPx * (pitch ?? 1);
  return (
    <>
      <div
        className={styles.orbit}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys turn it, so it takes the focus
        tabIndex={0}
        aria-label={t('surface.terrain.relief', {
          low: `${significant(stats.low * factor)} ${unit}`,
          high: `${significant(stats.high * factor)} ${unit}`,
        })}
        aria-describedby={hint}
        onPointerDown={(event) => {
          held.current = { x: event.clientX, y: event.clientY };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          held.current = null;
        }}
        onPointerCancel={() => {
          held.current = null;
        }}
        onWheel={(event) => {
          const by = event.deltaY < 0 ? 1 / 1.15 : 1.15;
          setOrbit((now) => turnedOrbit({ ...now, distance: now.distance * by }));
        }}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} className={styles.canvas} data-testid="terrain-canvas" />
      </div>
      {failure ? <div className={styles.notice}>{failure}</div> : null}
      <div className={styles.terrainBar}>
        <Slider
          label={t('surface.terrain.exaggeration')}
          value={Math.log10(exaggeration)}
          {...{ min: 0, max: 3, step: 0.02 }}
          text={t('surface.times', { value: significant(exaggeration, 2) })}
          onChange={(power) => setExaggeration(10 ** power)}
        />
        <fieldset className={styles.choice}>
          <legend className="tg-hidden">{t('surface.terrain.lines')}</legend>
          {lineKinds.map((kind) => (
            <label key={kind}>
              <input type="radio" name="terrain-lines" checked={lines === kind} onChange={() => setLines(kind)} />
              {t(`surface.terrain.${kind}`)}
            </label>
          ))}
        </fieldset>
        {lines === 'noLines' ? null : <span className={styles.small}>{t('surface.terrain.every', { step })}</span>}
        <button type="button" className={styles.button} onClick={() => setOrbit(startOrbit)}>
          {t('surface.terrain.reset')}
        </button>
        <span className={styles.small}>
          {pitch === null
            ? t('surface.terrain.partPx', {
                width: fixed(extent(grid.width), 0),
                height: fixed(extent(grid.height), 0),
                step: fixed(grid.stepPx, 0),
              })
            : t('surface.terrain.part', {
                ...{ width: fixed(extent(grid.width), 1), height: fixed(extent(grid.height), 1) },
                step: significant(grid.stepPx * pitch * 1000),
              })}
        </span>
        <span className={styles.small} id={hint}>
          {t('surface.terrain.hint')}
        </span>
      </div>
    </>
  );
}

const gridText = (gridPx: number, pitch: number | null) =>
  pitch === null ? `${significant(gridPx)} px` : `${significant(gridPx * pitch)} mm`;
