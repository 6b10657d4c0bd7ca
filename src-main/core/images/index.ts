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

/** A picture held decoded, with its media type. */
interface OpenPicture {
  readonly tiles: NativeTiles;
  readonly type: string;
}

export interface StoredImages extends Images {
  /** Frees all decoded pictures. */
  close(): void;
}

export function createImages(native: Native, files: FilesReadable): StoredImages {
  /** Least recently used first. */
  const open = new Map<string, Promise<OpenPicture>>();

  const read = async (id: string): Promise<ImageBytes> => {
    if (!files.has(id)) throw refuse('notFound', 'there is no such picture', 'reload the list of cards');
    const bytes = await files.read(id);
    return { bytes, type: typeOf(bytes) };
  };

  const release = (id: string) => {
    const tiles = open.get(id);
    open.delete(id);
    void tiles?.then((picture) => picture.tiles.free()).catch(() => undefined);
  };

  const decode = async (id: string): Promise<OpenPicture> => {
    const { bytes, type } = await read(id);
    return { tiles: await native.openTiles(Buffer.from(bytes), id), type };
  };

  const pictureOf = (id: string): Promise<OpenPicture> => {
    const held = open.get(id);
    const tiles = held ?? decode(id);
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
      const { tiles, type } = await pictureOf(id);
      const { widthPx, heightPx, levels, tilePx } = tiles;
      return { widthPx, heightPx, type, levels, tilePx };
    },
    async tile(id, level, col, row) {
      const { tiles } = await pictureOf(id);
      return { bytes: await tiles.tile(level, col, row), type: 'image/jpeg' };
    },
    close() {
      for (const id of [...open.keys()]) release(id);
    },
  };
}
