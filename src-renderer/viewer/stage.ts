/** OpenSeadragon behind a small face: one frame of image pixels, several layers over it, moves by keys. */
import type OpenSeadragon from 'openseadragon';
import type { ViewName } from '../../src-main/contract/report.ts';
import { type TiledImage, tileUrl } from '../rpc/index.ts';
import { type BoxPx, roomyBox, type ScreenPoint, transformFromBounds, type ViewTransform } from './transform.ts';

export interface Frame {
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface StageEvents {
  /** In the same animation frame as the image, before it is painted. */
  readonly onTransform: (transform: ViewTransform) => void;
  readonly onClick: (at: ScreenPoint) => void;
}

/** For the width labels beside the card, screen px. */
const labelRoom = { x: 70, y: 40 } as const;

/** Beyond this, pixels are shown as squares: a person wants to see what was measured, not an interpolation. */
const squarePixelsFrom = 3;

export class ImageStage {
  readonly #osd: typeof OpenSeadragon;
  readonly #viewer: OpenSeadragon.Viewer;
  readonly #frame: Frame;
  readonly #layers = new Map<ViewName, Promise<OpenSeadragon.TiledImage>>();
  #shown: ViewName | null = null;
  #smooth = true;

  constructor(osd: typeof OpenSeadragon, element: HTMLElement, frame: Frame, events: StageEvents) {
    this.#osd = osd;
    this.#frame = frame;
    this.#viewer = osd({
      element,
      drawer: 'canvas',
      prefixUrl: '',
      tabIndex: -1,
      showNavigationControl: false,
      animationTime: calm() ? 0 : 0.35,
      springStiffness: 9,
      minZoomImageRatio: 0.6,
      maxZoomPixelRatio: 24,
      visibilityRatio: 0.3,
      zoomPerScroll: 1.25,
      immediateRender: true,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    });
    this.#viewer.addHandler('canvas-key', (event) => {
      event.preventDefaultAction = true;
    });
    this.#viewer.addHandler('update-viewport', () => this.#changed(events));
    this.#viewer.addHandler('resize', () => this.#changed(events));
    this.#viewer.addHandler('open', () => this.#changed(events));
    this.#viewer.addHandler('canvas-click', (event) => {
      if (event.quick) events.onClick({ x: event.position.x, y: event.position.y });
    });
  }

  /** Shows a layer; the one before stays beneath it until the new one is there. */
  async show(name: ViewName, id: string, image: TiledImage, home: BoxPx | null): Promise<void> {
    const isFirst = this.#shown === null;
    this.#shown = name;
    const known = this.#layers.get(name);
    const adding = known ?? this.#add(id, image);
    this.#layers.set(name, adding);
    const layer = await adding;
    if (isFirst && this.#viewer.world) this.fit(home, 'once');
    if (this.#shown !== name || !this.#viewer.world) return;
    this.#viewer.world.setItemIndex(layer, this.#viewer.world.getItemCount() - 1);
    layer.setOpacity(1);
    const hideOthers = () => {
      if (this.#shown !== name) return;
      for (const [other, added] of this.#layers) if (other !== name) void added.then((item) => item.setOpacity(0));
    };
    if (layer.getFullyLoaded()) hideOthers();
    else layer.addOnceHandler('fully-loaded-change', hideOthers);
  }

  /** Shows the whole box, by default the whole image, with room for the width labels around it. */
  fit(box: BoxPx | null, at: 'once' | 'gently' = 'gently'): void {
    const size = this.#viewer.viewport.getContainerSize();
    const whole = box ?? { minX: 0, minY: 0, maxX: this.#frame.widthPx, maxY: this.#frame.heightPx };
    const room = roomyBox(whole, { width: size.x, height: size.y }, box ? labelRoom : { x: 0, y: 0 });
    this.#viewer.viewport.fitBounds(this.#rect(room), at === 'once' || calm());
  }

  oneToOne(): void {
    const pixelRatio = globalThis.devicePixelRatio || 1;
    this.#viewer.viewport.zoomTo(this.#viewer.viewport.imageToViewportZoom(1 / pixelRatio));
    this.#viewer.viewport.applyConstraints();
  }

  /** @param at stays where it is, screen px; by default the middle */
  zoomBy(factor: number, at?: ScreenPoint): void {
    const { viewport } = this.#viewer;
    viewport.zoomBy(factor, at && viewport.pointFromPixel(new this.#osd.Point(at.x, at.y), true));
    this.#viewer.viewport.applyConstraints();
  }

  /** In shares of the view: (0.2, 0) looks a fifth of the view further right. */
  panBy(shareX: number, shareY: number): void {
    const bounds = this.#viewer.viewport.getBounds();
    this.#viewer.viewport.panBy(new this.#osd.Point(shareX * bounds.width, shareY * bounds.height));
    this.#viewer.viewport.applyConstraints();
  }

  zoomTo(box: BoxPx): void {
    this.#viewer.viewport.fitBoundsWithConstraints(this.#rect(box), calm());
  }

  #rect(box: BoxPx): OpenSeadragon.Rect {
    const unit = 1 / this.#frame.widthPx;
    const [width, height] = [(box.maxX - box.minX) * unit, (box.maxY - box.minY) * unit];
    return new this.#osd.Rect((box.minX + 0.5) * unit, (box.minY + 0.5) * unit, width, height);
  }

  destroy(): void {
    this.#viewer.destroy();
  }

  #add(id: string, image: TiledImage): Promise<OpenSeadragon.TiledImage> {
    return new Promise((resolve, reject) => {
      this.#viewer.addTiledImage({
        tileSource: {
          width: image.widthPx,
          height: image.heightPx,
          tileSize: image.tilePx,
          tileOverlap: 0,
          minLevel: 0,
          maxLevel: image.levels - 1,
          getTileUrl: (level: number, x: number, y: number) => tileUrl(id, level, x, y),
        },
        x: 0,
        y: 0,
        width: 1,
        success: (event) => {
          if ('item' in event) resolve(event.item as OpenSeadragon.TiledImage);
        },
        error: () => reject(new Error(`the tiles of ${id} cannot be shown`)),
      });
    });
  }

  #changed(events: StageEvents): void {
    const viewport = this.#viewer.viewport;
    if (!viewport) return;
    const bounds = viewport.getBounds(true);
    const transform = transformFromBounds(bounds, viewport.getContainerSize().x, this.#frame.widthPx);
    const smooth = transform.scale < squarePixelsFrom;
    if (smooth !== this.#smooth) {
      this.#smooth = smooth;
      this.#viewer.drawer.setImageSmoothingEnabled(smooth);
    }
    events.onTransform(transform);
  }
}

function calm(): boolean {
  return globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
