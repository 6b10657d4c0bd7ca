/** How much uploads may take, and the refusals that say so. */
import { type AppError, refuse } from '../errors/index.ts';

export interface UploadLimits {
  readonly fileBytes: number;
  readonly uploadBytes: number;
  readonly files: number;
  /** Uploads open at one time, all sessions together. */
  readonly uploads: number;
  /** An upload that nobody touched for this long is deleted. */
  readonly idleMs: number;
}

const gibibyte = 1024 ** 3;
/** A 20-megapixel 16-bit RGB TIFF is 120 MB; a capture of 64 lights with flats fits with room. */
export const defaultUploadLimits: UploadLimits = {
  fileBytes: gibibyte,
  uploadBytes: 4 * gibibyte,
  files: 600,
  uploads: 32,
  idleMs: 3_600_000,
};

export function tooLarge(what: string, limitBytes: number, file: string): AppError {
  const limit = limitBytes >= 1024 ** 2 ? `${Math.floor(limitBytes / 1024 ** 2)} MiB` : `${limitBytes} bytes`;
  return refuse('upload.tooLarge', `${what} is larger than ${limit}`, 'send fewer or smaller files', { file });
}
