/** Values of a plane between its pixels, at full resolution, and along a line. */
import type { MapPlaneName, MapsInfo, PointPx } from '../../contract/index.ts';

/** The full-resolution value of a plane at a pixel; NaN outside the map and where it has none. */
export type PixelReader = (x: number, y: number) => number;

/** Catmull-Rom weights (Catmull & Rom 1974; Keys 1981 with a = -1/2) of the four pixels around a fraction 0..1. */
function cubic(t: number): readonly [number, number, number, number] {
  const [t2, t3] = [t * t, t * t * t];
  return [-0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1, -1.5 * t3 + 2 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2];
}

/**
 * The value at a place between pixels (integer coordinates are pixel centres): bicubic where all sixteen pixels around
 * it are known, else bilinear over the known ones of the nearest four, else NaN. Never beyond the map.
 */
export function valueAt(read: PixelReader, at: PointPx): number {
  const [x, y] = [Math.floor(at.xPx), Math.floor(at.yPx)];
  const [tx, ty] = [at.xPx - x, at.yPx - y];
  const [wx, wy] = [cubic(tx), cubic(ty)];
  let sum = 0;
  for (let row = 0; row < 4; row += 1)
    for (let column = 0; column < 4; column += 1) {
      const weight = (wx[column] ?? 0) * (wy[row] ?? 0);
      // On a pixel its neighbours have no weight, so they need not be known either.
      if (weight !== 0) sum += weight * read(x + column - 1, y + row - 1);
    }
  if (!Number.isNaN(sum)) return sum;
  let [partial, total] = [0, 0];
  for (const [dx, dy, weight] of [
    [0, 0, (1 - tx) * (1 - ty)],
    [1, 0, tx * (1 - ty)],
    [0, 1, (1 - tx) * ty],
    [1, 1, tx * ty],
  ] as const) {
    const value = weight > 0 ? read(x + dx, y + dy) : Number.NaN;
    if (Number.isNaN(value)) continue;
    partial += weight * value;
    total += weight;
  }
  return total >= 0.5 ? partial / total : Number.NaN;
}

/** Evenly spaced places from end to end. */
export function placesOnLine(from: PointPx, to: PointPx, samples: number): readonly PointPx[] {
  return Array.from({ length: samples }, (_, i) => {
    const share = i / (samples - 1);
    return { xPx: from.xPx + share * (to.xPx - from.xPx), yPx: from.yPx + share * (to.yPx - from.yPx) };
  });
}

/** The mean over a band across the line at each place: one value a pixel of its width. */
export function bandValues(read: PixelReader, from: PointPx, to: PointPx, samples: number, bandPx: number): number[] {
  const length = Math.hypot(to.xPx - from.xPx, to.yPx - from.yPx);
  const across = length === 0 ? { x: 0, y: 0 } : { x: -(to.yPx - from.yPx) / length, y: (to.xPx - from.xPx) / length };
  const count = length === 0 ? 1 : Math.max(1, Math.round(bandPx));
  return placesOnLine(from, to, samples).map(({ xPx, yPx }) => {
    let [sum, known] = [0, 0];
    for (let i = 0; i < count; i += 1) {
      const off = i - (count - 1) / 2;
      const value = valueAt(read, { xPx: xPx + off * across.x, yPx: yPx + off * across.y });
      if (Number.isNaN(value)) continue;
      sum += value;
      known += 1;
    }
    return known * 2 > count || known === count ? sum / known : Number.NaN;
  });
}

/** Tiles of full size that a reader may ask for, as `col_row`: those under a box with room for the interpolation. */
export function tilesUnder(
  info: MapsInfo,
  box: { readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number },
): readonly { readonly col: number; readonly row: number }[] {
  const clamp = (v: number, most: number) => Math.min(Math.max(Math.floor(v / info.tilePx), 0), most);
  const [lastCol, lastRow] = [
    Math.floor((info.widthPx - 1) / info.tilePx),
    Math.floor((info.heightPx - 1) / info.tilePx),
  ];
  const found: { col: number; row: number }[] = [];
  for (let row = clamp(box.minY - 2, lastRow); row <= clamp(box.maxY + 2, lastRow); row += 1)
    for (let col = clamp(box.minX - 2, lastCol); col <= clamp(box.maxX + 2, lastCol); col += 1)
      found.push({ col, row });
  return found;
}

/** Which group of the file holds a plane, and where in it; null when it does not. */
export function findPlane(info: MapsInfo, plane: MapPlaneName) {
  for (const group of info.groups) {
    const index = group.planes.findIndex(({ name }) => name === plane);
    const found = group.planes[index];
    if (found) return { group: group.name, index, plane: found };
  }
  return null;
}
