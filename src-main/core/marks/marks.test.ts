/** The mark of simulated pictures, on PNG files made of nothing but the standard. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { isMarkedSimulated, markFolderSimulated, markSimulated } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'trugrade-marks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One grey pixel; bytes from an encoder of its own (ImageMagick's `xc:gray` reduced to the critical chunks). */
const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);
const at = (name: string) => join(folder, name);

/** Type and body of each chunk. */
function chunksOf(png: Buffer): [string, Buffer][] {
  const chunks: [string, Buffer][] = [];
  for (let i = 8; i < png.length; ) {
    const length = png.readUInt32BE(i);
    chunks.push([png.toString('latin1', i + 4, i + 8), png.subarray(i + 8, i + 8 + length)]);
    i += length + 12;
  }
  return chunks;
}

test('a marked picture is known by its mark, has it once, and keeps its pixels', async () => {
  writeFileSync(at('a.png'), onePixel);
  expect(await isMarkedSimulated(at('a.png'))).toBe(false);
  await markSimulated(at('a.png'));
  await markSimulated(at('a.png'));
  expect(await isMarkedSimulated(at('a.png'))).toBe(true);
  const chunks = chunksOf(readFileSync(at('a.png')));
  expect(chunks.map(([type]) => type)).toEqual(['IHDR', 'IDAT', 'tEXt', 'IEND']);
  const pixels = (png: Buffer) => inflateSync(chunksOf(png).find(([type]) => type === 'IDAT')?.[1] ?? Buffer.alloc(0));
  expect(pixels(readFileSync(at('a.png')))).toEqual(pixels(onePixel));
});

test('what is no PNG is left alone', async () => {
  writeFileSync(at('b.png'), 'no picture at all, but long enough to hold a mark of that size in its end');
  writeFileSync(at('c.txt'), onePixel);
  await markFolderSimulated(folder);
  expect(readFileSync(at('b.png'), 'utf8')).toMatch(/^no picture at all.*its end$/);
  expect(readFileSync(at('c.txt'))).toEqual(onePixel);
  expect(await isMarkedSimulated(at('none.png'))).toBe(false);
});
