/** What is set in the surface viewer: kept while the workstation is open, the same for every card that is looked at. */
import { create } from 'zustand';
import type { PointPx } from '../../../src-main/contract/geometry.ts';
import type { LayerName } from './layers.ts';
import type { LightPlace } from './light.ts';
import { type CompareMode, type LayerView, layerView, type Shading, startShading } from './settings.ts';
import type { EdgeRect } from './tiles.ts';

/** What dragging on the card does: move the picture, the light, or the line of the profile. */
export type Tool = 'move' | 'light' | 'profile';

export interface Line {
  readonly from: PointPx;
  readonly to: PointPx;
}

export interface SurfaceSettings {
  readonly open: boolean;
  readonly tool: Tool;
  readonly shading: Shading;
  readonly first: LayerView;
  readonly second: LayerView;
  readonly compare: CompareMode;
  /** Where the swipe divides, 0..1 of the width. */
  readonly split: number;
  readonly line: Line | null;
  readonly bandPx: number;
  readonly terrain: boolean;
  /** What is shown in three dimensions; null for what is in view. */
  readonly region: EdgeRect | null;
}

export const startSettings: SurfaceSettings = {
  open: false,
  tool: 'light',
  shading: startShading,
  first: layerView('relit'),
  second: layerView('height'),
  compare: 'single',
  split: 0.5,
  line: null,
  bandPx: 1,
  terrain: false,
  region: null,
};

export const useSurface = create<SurfaceSettings>(() => startSettings);

export function setSurface(change: Partial<SurfaceSettings>): void {
  useSurface.setState(change);
}

export function setShading(change: Partial<Shading>): void {
  useSurface.setState(({ shading }) => ({ shading: { ...shading, ...change } }));
}

export function setLight(light: LightPlace): void {
  setShading({ light });
}

/** A layer brings its own colours and range. */
export function setLayer(place: 'first' | 'second', layer: LayerName): void {
  useSurface.setState({ [place]: layerView(layer) });
}
