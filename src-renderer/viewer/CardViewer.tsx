/** The card image with its overlays: layers, zoom and pan by mouse and keys, selection in step with the tables. */
import { useElementSize } from '@mantine/hooks';
import { IconPhotoOff } from '@tabler/icons-react';
import { type PointerEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PointPx } from '../../src-main/contract/geometry.ts';
import type { View } from '../../src-main/contract/gradings.ts';
import type { ViewName } from '../../src-main/contract/report.ts';
import type { MapsRef } from '../../src-main/contract/surface-maps.ts';
import { setPreferences, usePreferences } from '../state/preferences.ts';
import { hover, select, useSelection } from '../state/selection.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SimulatedBadge } from '../ui/SimulatedBadge.tsx';
import { focusBox } from './focusBox.ts';
import { hitTest } from './hit.ts';
import { Overlay, type OverlayProps } from './Overlay.tsx';
import type { Scene, Target } from './scene.ts';
import { SurfaceSide } from './surface/SurfaceSide.tsx';
import { SurfaceView } from './surface/SurfaceView.tsx';
import { setSurface } from './surface/surfaceStore.ts';
import { useSurfaceOf } from './surface/useSurfaceOf.ts';
import { useSurfaceShortcuts } from './surface/useSurfaceShortcuts.ts';
import { boxAround, type ScreenPoint, toImage, type ViewTransform } from './transform.ts';
import { useStage } from './useStage.ts';
import { useViewerShortcuts } from './useViewerShortcuts.ts';
import { LayerBar, OverlayBar, SurfaceToggle, ZoomBar } from './ViewerBars.tsx';
import styles from './viewer.module.css';

export interface CardViewerProps {
  readonly views: readonly View[];
  /** The maps with their values; null where there are none. */
  readonly maps: MapsRef | null;
  readonly mapsPending: boolean;
  /** Stands beside the card where Surface is open and there are no maps. */
  readonly noMaps: ReactNode;
  readonly scene: Scene;
  readonly simulated: boolean;
}

const reach = 10;

export function CardViewer({ views, maps, mapsPending, noMaps, scene, simulated }: CardViewerProps) {
  const { t } = useTranslation();
  const hintId = useId();
  const holder = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, width, height } = useElementSize<HTMLDivElement>();
  const [layer, setLayer] = useState<ViewName>('photo');
  const [pointer, setPointer] = useState<PointPx | null>(null);
  const overlays = usePreferences((state) => state.overlays);
  const { selected, hovered } = useSelection();

  const base = views.find(({ name }) => name === 'photo') ?? views[0];
  const view = views.find(({ name }) => name === layer) ?? base;
  const cardBox = useMemo(() => boxAround(scene.corners), [scene]);
  const { open: surfaceOpen, info: surfaceInfo, shown: surface, doubled, terrain } = useSurfaceOf(maps, cardBox);
  useSurfaceShortcuts(maps !== null);
  const hit = useCallback(
    (at: ScreenPoint, transform: ViewTransform) =>
      hitTest(scene, transform, at, { points: overlays.points, defects: overlays.defects, reach }),
    [scene, overlays.points, overlays.defects],
  );
  const { stage, transform, error, loading } = useStage(holder, base ?? null, view, cardBox, (at, current) =>
    selectInImage(hit(at, current)),
  );
  const onFit = () => stage?.fit(cardBox);
  const showLayer = (name: ViewName) => {
    setSurface({ open: false });
    setLayer(name);
  };
  useViewerShortcuts({ stage, views, onFit, onLayer: showLayer });
  useFollowSelection(stage, scene);
  useRoomBeside(stage, doubled);

  if (!base || !view) {
    return (
      <div className={styles.viewer}>
        <EmptyState
          icon={<IconPhotoOff size={32} aria-hidden />}
          title={t('result.viewer.noPicture')}
          body={t('result.viewer.noPictureNext')}
        />
      </div>
    );
  }

  // A picture with nothing in it but itself; with the surface's handles in it, a group. It takes the focus for its keys.
  const spoken = { role: surface ? 'group' : 'img', 'aria-label': t('result.viewer.label'), tabIndex: 0 };
  const half = doubled ? width / 2 : null;
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!transform || terrain) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = unfolded({ x: event.clientX - box.left, y: event.clientY - box.top }, half);
    setPointer(toImage(transform, at));
    hover(hit(at, transform));
  };
  const onPointerLeave = () => {
    setPointer(null);
    hover(null);
  };

  return (
    <section className={styles.viewer} aria-label={t('result.viewer.label')} aria-describedby={hintId}>
      <p id={hintId} className="tg-hidden">
        {t('result.viewer.hint')}
      </p>
      <div className={styles.bar}>
        <LayerBar views={views} current={surfaceOpen ? null : view.name} onChange={showLayer} />
        <SurfaceToggle pressed={surfaceOpen} onChange={(open) => setSurface({ open })} />
        {simulated ? <SimulatedBadge /> : null}
      </div>
      <div className={styles.middle}>
        <div
          className={styles.stage}
          ref={sizeRef}
          data-shortcuts="idle"
          {...spoken}
          onPointerMove={onPointerMove}
          onPointerLeave={onPointerLeave}
          data-hit={hovered ? '' : undefined}
        >
          <div ref={holder} className={styles.canvas} />
          {surface && transform ? (
            <SurfaceView
              {...surface}
              views={views}
              transform={transform}
              size={{ width, height }}
              card={cardBox}
              onClick={(at) => selectInImage(hit(unfolded(at, half), transform))}
              onZoom={(factor, at) => stage?.zoomBy(factor, at)}
            />
          ) : null}
          {transform && !terrain ? (
            <Overlays {...{ scene, transform, width, height, selected, hovered, doubled }} visible={overlays} />
          ) : null}
        </div>
        {surfaceOpen ? (
          <SurfaceSide
            {...{ maps, views, pointer, noMaps }}
            pending={mapsPending}
            info={surface?.info}
            error={surfaceInfo.error}
            onRetry={() => void surfaceInfo.refetch()}
          />
        ) : null}
      </div>
      <div className={styles.bar}>
        <OverlayBar />
        <ZoomBar stage={stage} transform={transform} pointer={pointer} onFit={onFit} />
      </div>
      {error ? (
        <div className={styles.failure}>
          <ErrorNotice error={error} />
        </div>
      ) : loading ? (
        <div className={styles.wait} role="status">
          {t('result.viewer.loading')}
        </div>
      ) : null}
    </section>
  );
}

/** Side by side the right half shows the same part of the card as the left. */
function unfolded(at: ScreenPoint, half: number | null): ScreenPoint {
  return half !== null && at.x > half ? { x: at.x - half, y: at.y } : at;
}

function Overlays({ doubled, ...props }: OverlayProps & { readonly doubled: boolean }) {
  if (!doubled) return <Overlay {...props} />;
  const half = props.width / 2;
  return (
    <>
      <Overlay {...props} width={half} />
      <div className={styles.rightHalf} style={{ left: half }}>
        <Overlay {...props} width={half} />
      </div>
    </>
  );
}

/** Shows the table in which the chosen thing stands, too. */
function selectInImage(target: Target | null): void {
  select(target);
  if (target) setPreferences({ panelTab: target.kind === 'point' ? 'widths' : 'findings' });
}

/** What stood in the middle stands in the middle of the left half when the card is shown twice, and comes back. */
function useRoomBeside(stage: ReturnType<typeof useStage>['stage'], doubled: boolean): void {
  const was = useRef(doubled);
  useEffect(() => {
    if (!stage || was.current === doubled) return;
    was.current = doubled;
    stage.panBy(doubled ? 0.25 : -0.25, 0);
  }, [stage, doubled]);
}

/** A defect chosen in a table is brought into view; one chosen in the image is in view already. */
function useFollowSelection(stage: ReturnType<typeof useStage>['stage'], scene: Scene): void {
  const zoomRequest = useSelection((state) => state.zoomRequest);
  const handled = useRef(zoomRequest);
  useEffect(() => {
    if (!stage || zoomRequest === handled.current) return;
    handled.current = zoomRequest;
    const box = focusBox(scene, useSelection.getState().selected);
    if (box) stage.zoomTo(box);
  }, [stage, scene, zoomRequest]);
}
