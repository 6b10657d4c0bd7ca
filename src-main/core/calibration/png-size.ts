/** Says in a PNG file how large a pixel is, so that programs print it at its true size. */
import { crc32 } from 'node:zlib';

/** Signature and IHDR chunk: 8 + (4 + 4 + 13 + 4) bytes. */
const headBytes = 33;

/** The file with a pHYs chunk (PNG 1.2, 11.3.5.3) after its header. */
export function withResolution(png: Uint8Array, dpi: number): Buffer {
  const perMetre = Math.round(dpi / 0.0254);
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(perMetre, 8);
  chunk.writeUInt32BE(perMetre, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, headBytes), chunk, png.subarray(headBytes)]);
}
