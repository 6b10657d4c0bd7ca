/** Stored pictures by content id: whole, or as deep-zoom tiles cut on demand from a few pictures held decoded. */
import { refuse } from '../errors/index.ts';
import type { Native, NativeTiles } from '../native/index.ts';
import type { ImageBytes, Images } from '../server/index.ts';
import type { FilesReadable } from '../store/index.ts';

/** A 12-megapixel picture takes about 50 MB with its pyramid; four of them are the layers of one card. */
const mostOpenPictures = 6;

const signatures: readonly { type: string; bytes: readonly number[] }[] = [
  { type: 'image/jpeg', bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/png', bytes: [0x89, 0x50, 0x4e, 0x47] },
];

function typeOf(bytes: Uint8Array): string {
  const found = signatures.find((s) => s.bytes.every((byte, i) => bytes[i] === byte));
  if (!found) throw refuse('notFound', 'the stored file is not a picture', 'ask for a picture of a grading');
  return found.type;
}

export interface StoredImages extends Images {
  /** Frees all decoded pictures. */
  close(): void;
}

export function createImages(native: Native, files: FilesReadable): StoredImages {
  /** Least recently used first. */
  const open = new Map<string, Promise<NativeTiles>>();

  const read = async (id: string): Promise<ImageBytes> => {
    if (!files.has(id)) throw refuse('notFound', 'there is no such picture', 'reload the list of cards');
    const bytes = await files.read(id);
    return { bytes, type: typeOf(bytes) };
  };

  const release = (id: string) => {
    const tiles = open.get(id);
    open.delete(id);
    void tiles?.then((t) => t.free()).catch(() => undefined);
  };

  const tilesOf = (id: string): Promise<NativeTiles> => {
    const held = open.get(id);
    const tiles = held ?? read(id).then(({ bytes }) => native.openTiles(Buffer.from(bytes), id));
    open.delete(id);
    open.set(id, tiles);
    if (!held) tiles.catch(() => open.delete(id));
    const oldest = open.keys().next().value;
    if (open.size > mostOpenPictures && oldest !== undefined) release(oldest);
    return tiles;
  };

  return {
    read,
    async info(id) {
      const { type } = await read(id);
      const { widthPx, heightPx, levels, tilePx } = await tilesOf(id);
      return { widthPx, heightPx, type, levels, tilePx };
    },
    async tile(id, level, col, row) {
      const tiles = await tilesOf(id);
      return { bytes: await tiles.tile(level, col, row), type: 'image/jpeg' };
    },
    close() {
      for (const id of [...open.keys()]) release(id);
    },
  };
}
