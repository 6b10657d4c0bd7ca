/** From image pixels to screen pixels and back. Pure. */
import type { PointPx } from '../../src-main/contract/geometry.ts';

/**
 * `screen = scale * (image + 0.5) + offset`, in CSS pixels from the top left of the viewer: integer image coordinates are
 * pixel centres, so the image's top-left corner lies at (-0.5, -0.5).
 */
export interface ViewTransform {
  readonly scale: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

export interface ScreenRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Bounds of the view in OpenSeadragon's viewport coordinates, where the image is 1 wide. */
export interface ViewBounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export function transformFromBounds(bounds: ViewBounds, viewerWidth: number, imageWidthPx: number): ViewTransform {
  const perUnit = viewerWidth / bounds.width;
  return { scale: perUnit / imageWidthPx, offsetX: -bounds.x * perUnit, offsetY: -bounds.y * perUnit };
}

export function toScreen(view: ViewTransform, point: PointPx): ScreenPoint {
  return {
    x: view.scale * (point.xPx + 0.5) + view.offsetX,
    y: view.scale * (point.yPx + 0.5) + view.offsetY,
  };
}

export function toImage(view: ViewTransform, point: ScreenPoint): PointPx {
  return {
    xPx: (point.x - view.offsetX) / view.scale - 0.5,
    yPx: (point.y - view.offsetY) / view.scale - 0.5,
  };
}

/** The same transform for an SVG group whose contents are in image pixels (pixel centres at integers). */
export function svgMatrix(view: ViewTransform): string {
  const half = view.scale / 2;
  return `matrix(${view.scale} 0 0 ${view.scale} ${view.offsetX + half} ${view.offsetY + half})`;
}

export interface BoxPx {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** The smallest box around points; null for none. */
export function boxAround(points: readonly PointPx[]): BoxPx | null {
  if (points.length === 0) return null;
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { xPx, yPx } of points) {
    minX = Math.min(minX, xPx);
    minY = Math.min(minY, yPx);
    maxX = Math.max(maxX, xPx);
    maxY = Math.max(maxY, yPx);
  }
  return { minX, minY, maxX, maxY };
}

/** Grows a box by a share of its size on every side, at least to `leastPx`, so that what is shown has surroundings. */
export function growBox(box: BoxPx, share: number, leastPx: number): BoxPx {
  const width = Math.max(leastPx, (box.maxX - box.minX) * (1 + 2 * share));
  const height = Math.max(leastPx, (box.maxY - box.minY) * (1 + 2 * share));
  const centreX = (box.minX + box.maxX) / 2;
  const centreY = (box.minY + box.maxY) / 2;
  return {
    minX: centreX - width / 2,
    maxX: centreX + width / 2,
    minY: centreY - height / 2,
    maxY: centreY + height / 2,
  };
}

/**
 * The box in image px that fills a view of `size` screen px, with `box` in its middle and `room` screen px around it.
 * A view too small for the room gives the box all there is.
 */
export function roomyBox(
  box: BoxPx,
  size: { readonly width: number; readonly height: number },
  room: { readonly x: number; readonly y: number },
): BoxPx {
  const [boxWidth, boxHeight] = [Math.max(1, box.maxX - box.minX), Math.max(1, box.maxY - box.minY)];
  const usable = (whole: number, margin: number) => (whole > 4 * margin ? whole - 2 * margin : whole);
  const scale = Math.min(usable(size.width, room.x) / boxWidth, usable(size.height, room.y) / boxHeight);
  const [width, height] = [size.width / scale, size.height / scale];
  const [centreX, centreY] = [(box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2];
  return {
    minX: centreX - width / 2,
    maxX: centreX + width / 2,
    minY: centreY - height / 2,
    maxY: centreY + height / 2,
  };
}
