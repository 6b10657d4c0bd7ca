/** The card image with its overlays: layers, zoom and pan by mouse and keys, selection in step with the tables. */
import { useElementSize } from '@mantine/hooks';
import { IconPhotoOff } from '@tabler/icons-react';
import { type PointerEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PointPx } from '../../src-main/contract/geometry.ts';
import type { View } from '../../src-main/contract/gradings.ts';
import type { ViewName } from '../../src-main/contract/report.ts';
import { setPreferences, usePreferences } from '../state/preferences.ts';
import { hover, select, useSelection } from '../state/selection.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SimulatedBadge } from '../ui/SimulatedBadge.tsx';
import { focusBox } from './focusBox.ts';
import { hitTest } from './hit.ts';
import { Overlay } from './Overlay.tsx';
import type { Scene, Target } from './scene.ts';
import { boxAround, type ScreenPoint, toImage, type ViewTransform } from './transform.ts';
import { useStage } from './useStage.ts';
import { useViewerShortcuts } from './useViewerShortcuts.ts';
import { LayerBar, OverlayBar, ZoomBar } from './ViewerBars.tsx';
import styles from './viewer.module.css';

export interface CardViewerProps {
  readonly views: readonly View[];
  readonly scene: Scene;
  readonly simulated: boolean;
}

const reach = 10;

export function CardViewer({ views, scene, simulated }: CardViewerProps) {
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
  const hit = useCallback(
    (at: ScreenPoint, transform: ViewTransform) =>
      hitTest(scene, transform, at, { points: overlays.points, defects: overlays.defects, reach }),
    [scene, overlays.points, overlays.defects],
  );
  const cardBox = useMemo(() => boxAround(scene.corners), [scene]);
  const { stage, transform, error, loading } = useStage(holder, base ?? null, view, cardBox, (at, current) =>
    selectInImage(hit(at, current)),
  );
  const onFit = () => stage?.fit(cardBox);
  useViewerShortcuts({ stage, views, onFit, onLayer: setLayer });
  useFollowSelection(stage, scene);

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

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!transform) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
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
        <LayerBar views={views} current={view.name} onChange={setLayer} />
        {simulated ? <SimulatedBadge /> : null}
      </div>
      <div
        className={styles.stage}
        ref={sizeRef}
        data-shortcuts="idle"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the image is moved and zoomed by keys, so it takes the focus
        tabIndex={0}
        role="img"
        aria-label={t('result.viewer.label')}
        onPointerMove={onPointerMove}
        onPointerLeave={onPointerLeave}
        data-hit={hovered ? '' : undefined}
      >
        <div ref={holder} className={styles.canvas} />
        {transform ? (
          <Overlay
            scene={scene}
            transform={transform}
            width={width}
            height={height}
            visible={overlays}
            selected={selected}
            hovered={hovered}
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

/** Shows the table in which the chosen thing stands, too. */
function selectInImage(target: Target | null): void {
  select(target);
  if (target) setPreferences({ panelTab: target.kind === 'point' ? 'widths' : 'findings' });
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
