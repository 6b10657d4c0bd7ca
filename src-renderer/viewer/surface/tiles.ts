/** Which tiles a view needs, and where in a tile a place of the image lies. Pure. */
import { type MapsInfo, mapLevelSize } from '../../../src-main/contract/surface-maps.ts';
import type { BoxPx, ViewTransform } from '../transform.ts';

export type TileGrid = Pick<MapsInfo, 'widthPx' | 'heightPx' | 'tilePx' | 'levels' | 'firstLevel'>;

export interface TileAddress {
  readonly level: number;
  readonly col: number;
  readonly row: number;
}

export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

export const tileKey = ({ level, col, row }: TileAddress) => `${level}/${col}_${row}`;

/**
 * The coarsest level whose texels are not larger than a pixel of the screen.
 * @param devicePerImage device pixels that one image pixel takes
 */
export function levelFor(grid: TileGrid, devicePerImage: number): number {
  const above = Math.max(0, Math.floor(Math.log2(1 / Math.max(devicePerImage, 1e-9)) + 1e-9));
  return Math.max(grid.firstLevel, grid.levels - 1 - above);
}

/** Image pixels in a texel of a level. */
export function texelPx(grid: TileGrid, level: number): number {
  return 2 ** (grid.levels - 1 - level);
}

/** A rectangle in image px by its edges: the whole image is 0, 0, width, height. */
export interface EdgeRect {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export function tileRect(grid: TileGrid, { level, col, row }: TileAddress): EdgeRect {
  const side = grid.tilePx * texelPx(grid, level);
  return {
    x0: col * side,
    y0: row * side,
    x1: Math.min((col + 1) * side, grid.widthPx),
    y1: Math.min((row + 1) * side, grid.heightPx),
  };
}

/** The part of the image that a view of this size shows, by edges; empty when none. */
export function shownRect(grid: TileGrid, view: ViewTransform, size: ViewSize): EdgeRect {
  const at = (screen: number, offset: number, most: number) =>
    Math.min(Math.max((screen - offset) / view.scale, 0), most);
  return {
    x0: at(0, view.offsetX, grid.widthPx),
    y0: at(0, view.offsetY, grid.heightPx),
    x1: at(size.width, view.offsetX, grid.widthPx),
    y1: at(size.height, view.offsetY, grid.heightPx),
  };
}

/** The part of a rectangle that lies on the card, whose box goes by pixel centres; all of it where there is no card. */
export function onCard(part: EdgeRect, card: BoxPx | null): EdgeRect {
  if (!card) return part;
  const cut = {
    x0: Math.max(part.x0, card.minX + 0.5),
    y0: Math.max(part.y0, card.minY + 0.5),
    x1: Math.min(part.x1, card.maxX + 0.5),
    y1: Math.min(part.y1, card.maxY + 0.5),
  };
  return cut.x1 > cut.x0 && cut.y1 > cut.y0 ? cut : part;
}

/** Tiles of a level under a rectangle, those nearest to its centre first. */
export function tilesIn(grid: TileGrid, level: number, { x0, y0, x1, y1 }: EdgeRect): readonly TileAddress[] {
  if (!(x1 > x0 && y1 > y0)) return [];
  const side = grid.tilePx * texelPx(grid, level);
  const { widthPx, heightPx } = mapLevelSize(grid, level);
  const last = (count: number) => Math.ceil(count / grid.tilePx) - 1;
  const to = (edge: number, most: number) => Math.min(Math.ceil(edge / side) - 1, most);
  const found: TileAddress[] = [];
  for (let row = Math.floor(y0 / side); row <= to(y1, last(heightPx)); row += 1)
    for (let col = Math.floor(x0 / side); col <= to(x1, last(widthPx)); col += 1) found.push({ level, col, row });
  const far = ({ col, row }: TileAddress) =>
    Math.hypot((col + 0.5) * side - (x0 + x1) / 2, (row + 0.5) * side - (y0 + y1) / 2);
  return found.sort((a, b) => far(a) - far(b));
}

/** The tile of a coarser level that holds a tile. */
export function ancestor({ level, col, row }: TileAddress, levelsUp: number): TileAddress {
  return { level: level - levelsUp, col: col >> levelsUp, row: row >> levelsUp };
}

/** From image px (by edges) to texture coordinates: `u = x * scaleX + offsetX`. */
export interface TexturePlace {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** @param width, height texels of the tile, smaller than a whole tile at the right and lower border */
export function texturePlace(grid: TileGrid, tile: TileAddress, width: number, height: number): TexturePlace {
  const texel = texelPx(grid, tile.level);
  const [scaleX, scaleY] = [1 / (texel * width), 1 / (texel * height)];
  const side = grid.tilePx * texel;
  return { scaleX, scaleY, offsetX: -tile.col * side * scaleX, offsetY: -tile.row * side * scaleY };
}
