/** Writes grey PNG files (ISO/IEC 15948), independently of the product's own codec. */
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/**
 * Stores samples of 0..1 row by row, rounded to the nearest step.
 * @param bits 8 or 16 bits a sample
 */
export function writeGreyPng(path: string, width: number, height: number, bits: 8 | 16, samples: Float64Array): void {
  const bytes = bits / 8;
  const full = 2 ** bits - 1;
  const stride = 1 + width * bytes;
  const raw = Buffer.alloc(stride * height);
  for (const [index, sample] of samples.entries()) {
    const at = Math.floor(index / width) * stride + 1 + (index % width) * bytes;
    raw.writeUIntBE(Math.round(Math.min(1, Math.max(0, sample)) * full), at, bytes);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))];
  writeFileSync(path, Buffer.concat([signature, ...parts]));
}
