/** Pictures of boards: loaded, searched, and let go again; with the checksum that the record keeps. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BoardSpec, CalibrationRecord, Detection } from '../../contract/index.ts';
import { type Encoding, readInput } from '../capture/index.ts';
import { AppError } from '../errors/index.ts';
import type { Native, NativeStack } from '../native/index.ts';

export type FileRole = CalibrationRecord['files'][number]['role'];

export interface Picture {
  readonly path: string;
  readonly encoding: Encoding;
}

/** Runs work on one loaded picture. Errors name the file. */
export async function withPicture<T>(
  native: Native,
  { path, encoding }: Picture,
  signal: AbortSignal,
  work: (stack: NativeStack) => Promise<T>,
): Promise<T> {
  const stack = await native.loadStack(await readInput(path, { encoding }), () => undefined, signal);
  try {
    return await work(stack);
  } catch (error) {
    if (error instanceof AppError && !error.data.file)
      throw new AppError({ ...error.data, file: basename(path) }, { cause: error });
    throw error;
  } finally {
    stack.free();
  }
}

/** @throws AppError `board.notFound`, `board.wrong`, `image.*` naming the file */
export function findBoard(native: Native, picture: Picture, board: BoardSpec, signal: AbortSignal): Promise<Detection> {
  return withPicture(native, picture, signal, (stack) => native.calibration.detect(stack, board, signal));
}

/** What the record says of a picture. */
export async function fileEntry(path: string, role: FileRole): Promise<CalibrationRecord['files'][number]> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { name: basename(path), role, sha256: hash.digest('hex'), bytes: (await stat(path)).size };
}
