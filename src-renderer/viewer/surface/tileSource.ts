/** Where tiles come from: maps and pictures of the store, by content id, unpacked for the GPU. */
import { type MapGroupName, type MapsInfo, mapTileSize } from '../../../src-main/contract/surface-maps.ts';
import { mapTileUrl, tileUrl } from '../../rpc/index.ts';
import { type PlaneTable, planeTable, texelsOf } from './packing.ts';
import type { TileAddress } from './tiles.ts';

/** `maps/<group>` or `image/<content id>`. */
export type SourceName = `maps/${MapGroupName}` | `image/${string}`;

export type TilePixels =
  | { readonly kind: 'texels'; readonly width: number; readonly height: number; readonly texels: Uint16Array }
  | { readonly kind: 'bitmap'; readonly bitmap: ImageBitmap };

export type TileLoader = (source: SourceName, tile: TileAddress, signal: AbortSignal) => Promise<TilePixels>;

/** @param maps content id of the maps whose description `info` is */
export function createTileLoader(maps: string, info: MapsInfo): TileLoader {
  const tables = new Map<string, readonly PlaneTable[]>();
  const tablesOf = (group: string) => {
    const known = tables.get(group);
    if (known) return known;
    const made = (info.groups.find(({ name }) => name === group)?.planes ?? []).map(planeTable);
    tables.set(group, made);
    return made;
  };
  return async (source, { level, col, row }, signal) => {
    const [kind, name] = source.split('/', 2);
    if (kind === 'image') {
      const bytes = await fetched(tileUrl(name ?? '', level, col, row), signal);
      const options = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' } as const;
      return { kind: 'bitmap', bitmap: await createImageBitmap(await bytes.blob(), options) };
    }
    const size = mapTileSize(info, level, col, row);
    if (!size) throw new RangeError(`there is no tile ${level}/${col}_${row}`);
    const answer = await fetched(mapTileUrl(maps, name ?? '', level, col, row), signal);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { kind: 'texels', ...size, texels: texelsOf(bytes, size.width, size.height, tablesOf(name ?? '')) };
  };
}

async function fetched(url: string, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`a tile could not be had (${answer.status})`);
  return answer;
}
