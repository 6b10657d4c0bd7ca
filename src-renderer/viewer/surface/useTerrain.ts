/** Ties a TerrainRenderer to a canvas: draws whenever something changed or arrived, and anew after the GPU was lost. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { View } from '../../../src-main/contract/gradings.ts';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { contextOf } from './gl.ts';
import { type TerrainPart, TerrainRenderer, type TerrainScene } from './terrainRenderer.ts';
import { createTileLoader } from './tileSource.ts';

const budgetBytes = 128 * 2 ** 20;

/** Draws whenever something changed or arrived. Returns what to say when it cannot. */
export function useTerrain(
  canvas: RefObject<HTMLCanvasElement | null>,
  maps: string,
  info: MapsInfo,
  views: readonly View[],
  part: TerrainPart,
  scene: TerrainScene,
): string | null {
  const { t } = useTranslation();
  const [failure, setFailure] = useState<string | null>(null);
  const [generation, setGeneration] = useState(0);
  const latest = useRef(scene);
  const redraw = useRef<() => void>(() => undefined);
  const idOf = (name: 'photo' | 'albedo') => views.find((view) => view.name === name)?.image ?? null;
  const [photo, albedo] = [idOf('photo'), idOf('albedo')];
  latest.current = scene;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a GPU that came back needs everything made anew
  useEffect(() => {
    const element = canvas.current;
    const gl = element && contextOf(element);
    if (!element || !gl) {
      setFailure(t('surface.status.unsupported'));
      return;
    }
    let request = 0;
    let renderer: TerrainRenderer | null = null;
    const draw = () => {
      request = 0;
      const density = globalThis.devicePixelRatio || 1;
      const [width, height] = [Math.round(element.clientWidth * density), Math.round(element.clientHeight * density)];
      if (element.width !== width) element.width = width;
      if (element.height !== height) element.height = height;
      renderer?.draw(latest.current, width, height);
      element.dataset.settled = String(renderer?.settled ?? false);
      element.dataset.triangles = String(renderer?.triangles ?? 0);
    };
    const ask = () => {
      request ||= requestAnimationFrame(draw);
    };
    const onLost = (event: Event) => {
      event.preventDefault();
      setFailure(t('surface.status.lost'));
    };
    const onRestored = () => setGeneration((count) => count + 1);
    element.addEventListener('webglcontextlost', onLost);
    element.addEventListener('webglcontextrestored', onRestored);
    const resized = new ResizeObserver(ask);
    resized.observe(element);
    try {
      const load = createTileLoader(maps, info);
      const options = { gl, info, pictures: { photo, albedo }, load, budgetBytes, onLoaded: ask };
      renderer = new TerrainRenderer({ ...options, onFailed: (error) => setFailure(String(error)) }, part);
      setFailure(null);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    redraw.current = ask;
    ask();
    return () => {
      cancelAnimationFrame(request);
      resized.disconnect();
      element.removeEventListener('webglcontextlost', onLost);
      element.removeEventListener('webglcontextrestored', onRestored);
      renderer?.dispose();
    };
  }, [canvas, maps, info, photo, albedo, part, generation]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is read when it is drawn
  useEffect(() => redraw.current(), [scene]);
  return failure;
}
