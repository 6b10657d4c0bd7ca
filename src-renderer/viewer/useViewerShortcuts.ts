/** Keys of the image. */
import type { View } from '../../src-main/contract/gradings.ts';
import type { ViewName } from '../../src-main/contract/report.ts';
import { useShortcut } from '../shortcuts/index.ts';
import { toggleAllOverlays, toggleOverlay } from '../state/preferences.ts';
import type { ImageStage } from './stage.ts';

const step = 0.2;
const zoomStep = 1.4;

export interface ViewerShortcuts {
  readonly stage: ImageStage | null;
  readonly views: readonly View[];
  readonly onFit: () => void;
  readonly onLayer: (name: ViewName) => void;
}

export function useViewerShortcuts({ stage, views, onFit, onLayer }: ViewerShortcuts): void {
  const ready = stage !== null;
  const has = (name: ViewName) => views.some((view) => view.name === name);
  useShortcut('layer1', () => onLayer('photo'), has('photo'));
  useShortcut('layer2', () => onLayer('albedo'), has('albedo'));
  useShortcut('layer3', () => onLayer('normals'), has('normals'));
  useShortcut('layer4', () => onLayer('gloss'), has('gloss'));
  useShortcut('layer5', () => onLayer('curvature'), has('curvature'));
  useShortcut('layer6', () => onLayer('height'), has('height'));
  useShortcut('layer7', () => onLayer('residual'), has('residual'));
  useShortcut('panUp', () => stage?.panBy(0, -step), ready);
  useShortcut('panDown', () => stage?.panBy(0, step), ready);
  useShortcut('panLeft', () => stage?.panBy(-step, 0), ready);
  useShortcut('panRight', () => stage?.panBy(step, 0), ready);
  useShortcut('zoomIn', () => stage?.zoomBy(zoomStep), ready);
  useShortcut('zoomOut', () => stage?.zoomBy(1 / zoomStep), ready);
  useShortcut('zoomFit', () => onFit(), ready);
  useShortcut('zoomOne', () => stage?.oneToOne(), ready);
  useShortcut('allOverlays', toggleAllOverlays);
  useShortcut('overlayPoints', () => toggleOverlay('points'));
  useShortcut('overlayLabels', () => toggleOverlay('labels'));
  useShortcut('overlayBorders', () => toggleOverlay('borders'));
  useShortcut('overlayStations', () => toggleOverlay('stations'));
  useShortcut('overlayDefects', () => toggleOverlay('defects'));
}
