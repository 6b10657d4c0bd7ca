/** Ties a SurfaceRenderer to a canvas: draws when something changed, coarser while it moves, and survives a lost GPU. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { contextOf, type GpuInfo } from './gl.ts';
import { nextPace, startPace } from './pace.ts';
import { type Frame, type PictureIds, SurfaceRenderer } from './renderer.ts';
import { createTileLoader } from './tileSource.ts';

/** `unsupported`: there is no WebGL2; `lost`: the GPU was taken away and may come back. */
export type RendererStatus = 'starting' | 'ready' | 'lost' | 'unsupported' | 'failed';

export interface SurfaceRendererState {
  readonly status: RendererStatus;
  readonly gpu: GpuInfo | null;
  /** Some tiles could not be had. */
  readonly tileError: unknown;
  readonly error: unknown;
  retry(): void;
}

const budgetBytes = 256 * 2 ** 20;
/** Without a change for this long the picture is drawn in full. */
const restMs = 160;
/** A pause longer than this is no frame that took long. */
const pauseMs = 100;

export type Scene = Omit<Frame, 'density' | 'rough'>;

export function useSurfaceRenderer(
  canvas: RefObject<HTMLCanvasElement | null>,
  maps: string,
  info: MapsInfo,
  pictures: PictureIds,
  scene: Scene | null,
): SurfaceRendererState {
  const [status, setStatus] = useState<RendererStatus>('starting');
  const [gpu, setGpu] = useState<GpuInfo | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tileError, setTileError] = useState<unknown>(null);
  const drawing = useRef<Drawing | null>(null);
  const { photo, albedo } = pictures;

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const gl = contextOf(element);
    if (!gl) {
      setStatus('unsupported');
      return;
    }
    let made: Drawing | null = null;
    const start = () => {
      made = new Drawing(element, gl, {
        ...{ info, pictures: { photo, albedo }, load: createTileLoader(maps, info), budgetBytes },
        onFailed: setTileError,
      });
      drawing.current = made;
      setGpu(made.renderer.gpu);
      setStatus('ready');
    };
    const onLost = (event: Event) => {
      // Without this the GPU is never given back.
      event.preventDefault();
      setStatus('lost');
    };
    const onRestored = () => {
      if (made) {
        made.renderer.restore();
        made.changed();
        setStatus('ready');
      } else start();
    };
    element.addEventListener('webglcontextlost', onLost);
    element.addEventListener('webglcontextrestored', onRestored);
    try {
      if (gl.isContextLost()) setStatus('lost');
      else start();
    } catch (cause) {
      setError(cause);
      setStatus('failed');
    }
    return () => {
      element.removeEventListener('webglcontextlost', onLost);
      element.removeEventListener('webglcontextrestored', onRestored);
      made?.dispose();
      drawing.current = null;
    };
  }, [canvas, maps, info, photo, albedo]);

  useEffect(() => {
    if (scene && status === 'ready') drawing.current?.show(scene);
  }, [scene, status]);

  const retry = useCallback(() => {
    setTileError(null);
    drawing.current?.renderer.retry();
  }, []);
  return { status, gpu, error, tileError, retry };
}

type DrawingOptions = Omit<ConstructorParameters<typeof SurfaceRenderer>[0], 'gl' | 'onLoaded'>;

/** The canvas with its renderer and the rhythm in which it is drawn. */
class Drawing {
  readonly renderer: SurfaceRenderer;
  readonly #canvas: HTMLCanvasElement;
  #pace;
  #scene: Scene | null = null;
  #request = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #last = 0;
  #moving = false;
  #frames = 0;

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, options: DrawingOptions) {
    this.#canvas = canvas;
    this.renderer = new SurfaceRenderer({ ...options, gl, onLoaded: () => this.#ask() });
    this.#pace = startPace(this.renderer.gpu.software);
  }

  show(scene: Scene): void {
    // The first picture is no movement: it is drawn whole.
    const isFirst = this.#scene === null;
    this.#scene = scene;
    if (isFirst) this.#ask();
    else this.changed();
  }

  changed(): void {
    this.#moving = true;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#moving = false;
      this.#ask();
    }, restMs);
    this.#ask();
  }

  dispose(): void {
    cancelAnimationFrame(this.#request);
    clearTimeout(this.#rest);
    this.renderer.dispose();
  }

  #ask(): void {
    this.#request ||= requestAnimationFrame((now) => {
      this.#request = 0;
      this.#draw(now);
    });
  }

  #draw(now: number): void {
    const scene = this.#scene;
    if (!scene || scene.size.width < 1 || scene.size.height < 1) return;
    const elapsed = now - this.#last;
    this.#last = now;
    if (this.#moving && elapsed < pauseMs) this.#pace = nextPace(this.#pace, elapsed);
    const full = globalThis.devicePixelRatio || 1;
    const density = this.#moving ? full * this.#pace.share : full;
    const [width, height] = [Math.round(scene.size.width * density), Math.round(scene.size.height * density)];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.renderer.draw({ ...scene, density, rough: this.#moving && this.#pace.share < 1 });
    this.#frames += 1;
    // For measuring and for tests: what is on the screen, and whether it is whole.
    const { dataset } = this.#canvas;
    dataset.frames = String(this.#frames);
    dataset.settled = String(this.renderer.settled && !this.#moving);
    dataset.bytes = String(this.renderer.held.bytes);
    dataset.share = this.#pace.share.toFixed(2);
  }
}
