/** Reads what the figures are compared with: float arrays of numpy, the size of a JPEG. */
import { readFileSync } from 'node:fs';

/** A little-endian float32 `.npy` in C order (NEP 1). @throws Error for any other layout */
export function readNpy(path: string): { shape: readonly number[]; values: Float32Array } {
  const bytes = readFileSync(path);
  const wide = bytes[6] !== 1;
  const start = wide ? 12 + bytes.readUInt32LE(8) : 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', wide ? 12 : 10, start);
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (shape === undefined || !header.includes("'<f4'") || !header.includes("'fortran_order': False"))
    throw new Error(`${path}: not a float32 array in C order: ${header.trim()}`);
  const data = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length);
  return {
    shape: shape
      .split(',')
      .filter((part) => part.trim() !== '')
      .map(Number),
    values: new Float32Array(data),
  };
}

/** Width and height from the frame header of a JPEG (ITU-T T.81, B.2.2). @throws Error without one */
export function jpegSize(path: string): { widthPx: number; heightPx: number } {
  const bytes = readFileSync(path);
  let at = 2;
  while (at + 9 < bytes.length) {
    const marker = bytes.readUInt16BE(at);
    const frame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (frame) return { widthPx: bytes.readUInt16BE(at + 7), heightPx: bytes.readUInt16BE(at + 5) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error(`${path}: no frame header`);
}
