/** The heights of a part of the card as an array, put together from tiles. */
import { decodeMapPlane, type MapsInfo, mapTileSize } from '../../../src-main/contract/surface-maps.ts';
import { mapTileUrl } from '../../rpc/images.ts';
import type { PointGrid } from './terrain.ts';

/** Row by row in the stored unit; NaN where nothing is known. */
export async function loadHeights(
  maps: string,
  info: MapsInfo,
  grid: PointGrid,
  signal: AbortSignal,
): Promise<Float32Array> {
  const plane = info.groups.find(({ name }) => name === 'height')?.planes[0];
  const heights = new Float32Array(grid.width * grid.height).fill(Number.NaN);
  if (!plane) return heights;
  const { tilePx } = info;
  const last = (first: number, count: number) => Math.floor((first + count - 1) / tilePx);
  const tiles: Promise<void>[] = [];
  for (let row = Math.floor(grid.row / tilePx); row <= last(grid.row, grid.height); row += 1)
    for (let col = Math.floor(grid.col / tilePx); col <= last(grid.col, grid.width); col += 1)
      tiles.push(copyTile(col, row));
  await Promise.all(tiles);
  return heights;

  async function copyTile(col: number, row: number): Promise<void> {
    const size = mapTileSize(info, grid.level, col, row);
    if (!size || !plane) return;
    const answer = await fetch(mapTileUrl(maps, 'height', grid.level, col, row), { signal });
    if (!answer.ok) throw new Error(`a tile could not be had (${answer.status})`);
    const { codes, missing } = decodeMapPlane(new Uint8Array(await answer.arrayBuffer()), size.width, size.height, 0);
    const value = (at: number) => (missing[at] === 0 ? plane.offset + plane.scale * Number(codes[at]) : Number.NaN);
    // The part of the tile that lies in the grid.
    const [x0, y0] = [col * tilePx - grid.col, row * tilePx - grid.row];
    for (let y = Math.max(0, -y0); y < Math.min(size.height, grid.height - y0); y += 1)
      for (let x = Math.max(0, -x0); x < Math.min(size.width, grid.width - x0); x += 1)
        heights[(y0 + y) * grid.width + x0 + x] = value(y * size.width + x);
  }
}
