/** Stored maps by content id: what they hold, their tiles, values at a place and profiles along a line. */
import {
  decodeMapPlane,
  type MapPlaneName,
  type MapsInfo,
  type MapValues,
  mapTileSize,
  type PointPx,
  type Profile,
  type ProfileInput,
} from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import type { FilesReadable } from '../store/index.ts';
import { type MapsFile, openMapsFile, type TilePlace } from './file.ts';
import { bandValues, findPlane, type PixelReader, tilesUnder, valueAt } from './sampler.ts';

export { createMapsKeeper, type MapsKeeper } from './keeper.ts';
export { keepMaps, type MapsRetention } from './retention.ts';

/** Headers and indexes held open: a few kilobytes each. */
const mostOpen = 32;
/** Decoded planes of full-size tiles held, half a megabyte each. */
const mostTiles = 96;
/** A line that crosses more tiles than this is no line on a card. */
const mostTilesOfLine = 400;

export interface SurfaceMaps {
  info(id: string): Promise<MapsInfo>;
  /** A tile as it is stored: a zlib stream. */
  tile(id: string, group: string, place: TilePlace): Promise<Uint8Array>;
  profile(input: ProfileInput): Promise<Profile>;
  values(id: string, at: PointPx): Promise<MapValues>;
}

/** Values of one plane of a full-size tile. */
interface TileValues {
  readonly width: number;
  readonly value: (index: number) => number;
}

export function createMaps(files: FilesReadable): SurfaceMaps {
  const open = new Map<string, Promise<MapsFile>>();
  const tiles = new Map<string, Promise<TileValues>>();

  const fileOf = (id: string): Promise<MapsFile> => {
    if (!files.has(id)) throw refuse('notFound', 'there are no such maps', 'reload the list of cards');
    return remembered(open, id, mostOpen, () => openMapsFile(files.path(id)));
  };

  const decode = async (file: MapsFile, name: MapPlaneName, col: number, row: number): Promise<TileValues> => {
    const found = planeOf(file.info, name);
    const level = file.info.levels - 1;
    const size = mapTileSize(file.info, level, col, row);
    const bytes = await file.tile(found.group, { level, col, row });
    if (size === null) throw refuse('notFound', 'there is no such tile', 'ask for a tile inside the maps');
    const { codes, missing } = decodeMapPlane(bytes, size.width, size.height, found.index);
    const { scale, offset } = found.plane;
    return { width: size.width, value: (i) => (missing[i] === 0 ? offset + scale * (codes[i] ?? 0) : Number.NaN) };
  };

  /** Reads the tiles under a box, then gives their pixels without waiting. */
  const reader = async (
    id: string,
    file: MapsFile,
    name: MapPlaneName,
    box: Parameters<typeof tilesUnder>[1],
  ): Promise<PixelReader> => {
    const { tilePx, widthPx, heightPx } = file.info;
    const under = tilesUnder(file.info, box);
    if (under.length > mostTilesOfLine)
      throw refuse('value.invalid', 'the line is too long', 'draw a shorter line', { field: 'to' });
    const held = new Map<string, TileValues>();
    for (const { col, row } of under) {
      const key = `${id} ${name} ${col}_${row}`;
      held.set(`${col}_${row}`, await remembered(tiles, key, mostTiles, () => decode(file, name, col, row)));
    }
    return (x, y) => {
      if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) return Number.NaN;
      const [col, row] = [Math.floor(x / tilePx), Math.floor(y / tilePx)];
      const tile = held.get(`${col}_${row}`);
      return tile ? tile.value((y - row * tilePx) * tile.width + (x - col * tilePx)) : Number.NaN;
    };
  };

  return {
    info: async (id) => (await fileOf(id)).info,
    tile: async (id, group, place) => (await fileOf(id)).stored(group, place),
    async profile({ maps, plane, from, to, samples, bandPx }) {
      const file = await fileOf(maps);
      const { unit } = planeOf(file.info, plane).plane;
      inside(file.info, from, 'from');
      inside(file.info, to, 'to');
      const lengthPx = Math.hypot(to.xPx - from.xPx, to.yPx - from.yPx);
      const count = samples ?? Math.min(4096, Math.max(2, Math.ceil(2 * lengthPx) + 1));
      const box = boxOf(from, to, bandPx / 2);
      const read = await reader(maps, file, plane, box);
      const values = bandValues(read, from, to, count, bandPx).map(known);
      const pitch = file.info.pixelPitchMm;
      return { plane, unit, lengthPx, lengthMm: pitch === null ? null : lengthPx * pitch, values };
    },
    async values(id, at) {
      const file = await fileOf(id);
      inside(file.info, at, 'at');
      const planes = file.info.groups.flatMap((group) => group.planes);
      const values: MapValues['values'] = [];
      for (const { name, unit } of planes) {
        const read = await reader(id, file, name, boxOf(at, at, 0));
        values.push({ plane: name, unit, value: known(valueAt(read, at)) });
      }
      return { values };
    },
  };
}

const known = (value: number) => (Number.isFinite(value) ? value : null);

function planeOf(info: MapsInfo, name: MapPlaneName) {
  const found = findPlane(info, name);
  if (found) return found;
  throw refuse('notFound', `these maps hold no ${name}`, 'ask for another map', { field: 'plane' });
}

function boxOf(from: PointPx, to: PointPx, margin: number) {
  return {
    minX: Math.min(from.xPx, to.xPx) - margin,
    minY: Math.min(from.yPx, to.yPx) - margin,
    maxX: Math.max(from.xPx, to.xPx) + margin,
    maxY: Math.max(from.yPx, to.yPx) + margin,
  };
}

function inside({ widthPx, heightPx }: MapsInfo, { xPx, yPx }: PointPx, field: string): void {
  if (xPx >= -0.5 && yPx >= -0.5 && xPx <= widthPx - 0.5 && yPx <= heightPx - 0.5) return;
  throw refuse('value.invalid', 'the point lies outside the image', 'choose points inside the image', { field });
}

/** Least recently used first; what fails is asked for again. */
function remembered<T>(held: Map<string, Promise<T>>, key: string, most: number, make: () => Promise<T>): Promise<T> {
  const known = held.get(key);
  const value = known ?? make();
  held.delete(key);
  held.set(key, value);
  if (!known) value.catch(() => held.delete(key));
  const oldest = held.keys().next().value;
  if (held.size > most && oldest !== undefined) held.delete(oldest);
  return value;
}
