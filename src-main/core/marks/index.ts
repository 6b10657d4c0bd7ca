/** The mark of pictures that the simulator made: a text chunk at the end of the PNG, which goes with every copy of the file. */
import { open, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { crc32 } from 'node:zlib';

/** The chunk that ends a PNG: no bytes, type, checksum (PNG, third edition, 11.2.5). */
const end = chunk('IEND', Buffer.alloc(0));
/** Keyword, zero, text in Latin-1 (11.3.3.2). */
const mark = chunk('tEXt', Buffer.from('Source\0TruGrade simulated rig', 'latin1'));

function chunk(type: string, body: Buffer): Buffer {
  const whole = Buffer.alloc(body.length + 12);
  whole.writeUInt32BE(body.length);
  whole.write(type, 4, 'latin1');
  body.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, body.length + 8)), body.length + 8);
  return whole;
}

/** Marks a PNG in place, once; other files are left as they are. Pixels are not touched. */
export async function markSimulated(path: string): Promise<void> {
  if (await isMarkedSimulated(path)) return;
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(end.length);
    if (size < end.length) return;
    await file.read(tail, 0, end.length, size - end.length);
    if (!tail.equals(end)) return;
    await file.write(Buffer.concat([mark, end]), 0, mark.length + end.length, size - end.length);
  } finally {
    await file.close();
  }
}

/** Marks every PNG of a folder. */
export async function markFolderSimulated(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (extname(name).toLowerCase() === '.png') await markSimulated(join(folder, name));
}

/** Whether a picture carries the mark; false for files that cannot be read, whose reader says why. */
export async function isMarkedSimulated(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return false;
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(mark.length + end.length);
    if (size < tail.length) return false;
    await file.read(tail, 0, tail.length, size - tail.length);
    return tail.equals(Buffer.concat([mark, end]));
  } finally {
    await file.close();
  }
}
