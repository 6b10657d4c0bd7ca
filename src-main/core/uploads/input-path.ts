/** What of an upload is to be read: the capture folder itself, or the one image in it. */
import { join } from 'node:path';
import { refuse } from '../errors/index.ts';
import type { OpenUpload } from './uploads.ts';

/** @throws AppError `file.missing` when there is neither a capture.json nor exactly one file */
export function inputPath(upload: OpenUpload): string {
  if (upload.files.includes('capture.json')) return upload.folder;
  const [only, ...others] = upload.files;
  if (only !== undefined && others.length === 0) return join(upload.folder, only);
  throw refuse(
    'file.missing',
    only === undefined
      ? 'the folder is empty'
      : `there are ${upload.files.length} files and no capture.json among them`,
    'choose a capture folder with its capture.json, or one image',
    { file: 'capture.json' },
  );
}
