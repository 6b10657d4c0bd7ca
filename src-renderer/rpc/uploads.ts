/** Sends the files of one capture to the core before it is graded. XMLHttpRequest, as fetch tells no upload progress. */
import { z } from 'zod';
import { type AppErrorData, appErrorSchema } from '../../src-main/contract/errors.ts';
import { t } from '../messages/index.ts';
import { RefusedError } from './errors.ts';

const createdSchema = z.object({ uploadId: z.string() });
const problemSchema = z.union([appErrorSchema, z.object({ error: appErrorSchema }).transform(({ error }) => error)]);

export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly file: string;
  readonly fileIndex: number;
  readonly fileCount: number;
}

/**
 * Uploads all files one after the other (the disk of the core, not the wire, is the bottleneck on a bench).
 *
 * @returns the upload's id, to be used as a grading source
 * @throws RefusedError with the core's own words, or an AbortError when `signal` fires
 */
export async function uploadFiles(
  files: readonly File[],
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  const answer = await request('POST', '/uploads', null, () => {}, signal);
  const created = createdSchema.safeParse(parseJson(answer));
  if (!created.success) throw refused('internal', t('errors.uploadAnswer'), '');
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0);
  let before = 0;
  for (const [index, file] of files.entries()) {
    const report = (sent: number) =>
      onProgress({
        sentBytes: before + sent,
        totalBytes,
        file: file.name,
        fileIndex: index + 1,
        fileCount: files.length,
      });
    report(0);
    const url = `/uploads/${encodeURIComponent(created.data.uploadId)}/${encodeURIComponent(file.name)}`;
    await request('PUT', url, file, report, signal, file.name);
    before += file.size;
  }
  return created.data.uploadId;
}

function request(
  method: string,
  url: string,
  body: File | null,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
  file = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new DOMException('aborted', 'AbortError'));
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    signal.addEventListener('abort', abort, { once: true });
    xhr.open(method, url);
    xhr.upload.addEventListener('progress', (event) => onSent(event.loaded));
    xhr.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    xhr.addEventListener('load', () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(xhr.responseText);
      else reject(fromAnswer(xhr, file));
    });
    xhr.addEventListener('error', () => reject(refused('core.crashed', t('errors.uploadBroken'), file)));
    xhr.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    xhr.send(body);
  });
}

function fromAnswer(xhr: XMLHttpRequest, file: string): RefusedError {
  const problem = problemSchema.safeParse(parseJson(xhr.responseText));
  if (problem.success) return new RefusedError(problem.data);
  if (xhr.status === 413) return refused('upload.tooLarge', t('errors.uploadTooLarge'), file);
  return refused('internal', t('errors.uploadStatus', { status: xhr.status }), file);
}

function refused(code: AppErrorData['code'], message: string, file: string): RefusedError {
  return new RefusedError({ code, message, next: t('errors.uploadNext'), ...(file ? { file } : {}) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
