/** A file of map tiles (`trugrade.maps/1`): its header and index, and one tile's bytes by their place in the file. */
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { type MapsInfo, mapLevelSize, mapsInfoSchema, mapTileBytes, mapTileSize } from '../../contract/index.ts';
import { AppError, refuse, toAppError } from '../errors/index.ts';

const magic = 'TGMAPS1\n';
const trailerBytes = 16;
const entryBytes = 12;
const mostHeaderBytes = 1 << 20;
const inflated = promisify(inflate);

export interface TilePlace {
  readonly level: number;
  readonly col: number;
  readonly row: number;
}

export interface MapsFile {
  readonly info: MapsInfo;
  /** The zlib stream of one tile. @throws AppError `notFound` for a tile that does not exist */
  stored(group: string, place: TilePlace): Promise<Uint8Array>;
  /** The same, inflated. @throws AppError `notFound`, `store.damaged` */
  tile(group: string, place: TilePlace): Promise<Uint8Array>;
}

/** Reads header and index. The file is opened anew for each tile, so that it may be moved away meanwhile. @throws AppError */
export async function openMapsFile(path: string): Promise<MapsFile> {
  const { info, index } = await reading(path, head);
  const firstOf = tileCounts(info);
  const locate = (group: string, { level, col, row }: TilePlace) => {
    const at = info.groups.findIndex(({ name }) => name === group);
    const size = mapTileSize(info, level, col, row);
    if (at < 0 || size === null) throw refuse('notFound', 'there is no such tile', 'ask for a tile inside the maps');
    const columns = Math.ceil(mapLevelSize(info, level).widthPx / info.tilePx);
    const tile = at * firstOf.perGroup + (firstOf.levels[level - info.firstLevel] ?? 0) + row * columns + col;
    return { size, planes: info.groups[at]?.planes.length ?? 0, tile };
  };
  const stored = (tile: number) =>
    reading(path, async (file) => {
      const [offset, length] = [
        Number(index.readBigUInt64LE(tile * entryBytes)),
        index.readUInt32LE(tile * entryBytes + 8),
      ];
      return exactly(file, offset, length);
    });
  return {
    info,
    stored: async (group, place) => stored(locate(group, place).tile),
    async tile(group, place) {
      const { size, planes, tile } = locate(group, place);
      const expected = mapTileBytes(size.width, size.height, planes);
      const bytes = await inflated(await stored(tile), { maxOutputLength: expected }).catch(() => null);
      if (bytes?.length !== expected) throw damaged();
      return bytes;
    },
  };
}

async function head(file: FileHandle): Promise<{ info: MapsInfo; index: Buffer }> {
  const { size } = await file.stat();
  if (size < magic.length + trailerBytes) throw damaged();
  const start = await exactly(file, 0, magic.length);
  const trailer = await exactly(file, size - trailerBytes, trailerBytes);
  const indexAt = Number(trailer.readBigUInt64LE(0));
  const headerBytes = trailer.readUInt32LE(8);
  const headerAt = size - trailerBytes - headerBytes;
  if (start.toString('latin1') !== magic || trailer.toString('latin1', 12) !== 'END\n') throw damaged();
  if (headerBytes > mostHeaderBytes || indexAt < magic.length || headerAt < indexAt) throw damaged();
  const info = mapsInfoSchema.safeParse(json(await exactly(file, headerAt, headerBytes)));
  if (!info.success) throw damaged();
  const tiles = tileCounts(info.data).perGroup * info.data.groups.length;
  if (headerAt - indexAt !== tiles * entryBytes) throw damaged();
  const index = await exactly(file, indexAt, headerAt - indexAt);
  for (let at = 0; at < index.length; at += entryBytes)
    if (Number(index.readBigUInt64LE(at)) + index.readUInt32LE(at + 8) > indexAt) throw damaged();
  return { info: info.data, index };
}

/** Number of tiles of one group, and the first of each level. */
function tileCounts(info: MapsInfo): { levels: readonly number[]; perGroup: number } {
  const levels: number[] = [];
  let perGroup = 0;
  for (let level = info.firstLevel; level < info.levels; level += 1) {
    const { widthPx, heightPx } = mapLevelSize(info, level);
    levels.push(perGroup);
    perGroup += Math.ceil(widthPx / info.tilePx) * Math.ceil(heightPx / info.tilePx);
  }
  return { levels, perGroup };
}

async function exactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw damaged();
  return buffer;
}

async function reading<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await work(file);
  } catch (error) {
    throw error instanceof AppError ? error : toAppError(error, { file: 'maps' });
  } finally {
    await file?.close();
  }
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

const damaged = () =>
  refuse('store.damaged', 'the stored maps are damaged', 'restore them from a backup, or photograph the card again');
