/** Keeps uploads: each a folder of its own under a random id, bounded, deleted after use or when forgotten. */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../clock/index.ts';
import { AppError, refuse, toAppError } from '../errors/index.ts';
import { defaultUploadLimits, tooLarge, type UploadLimits } from './limits.ts';
import { checkedFileName, nameKey } from './names.ts';

export interface UploadOptions {
  /** Belongs to the uploads alone; whatever an earlier run left in it is deleted at the start. */
  readonly folder: string;
  /** Only its monotonic side is used: a jump of the wall clock must not delete an upload. */
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly limits?: Partial<UploadLimits>;
  readonly randomId?: () => string;
}

export interface OpenUpload {
  /** Absolute path of the folder that holds the files. */
  readonly folder: string;
  /** Plain file names, sorted. */
  readonly files: readonly string[];
  /** Call once when done: deletes what was uploaded, and never what a person chose on this machine. */
  cleanup(): Promise<void>;
}

/** `owner` is the session that uploads; nobody else may add to an upload or delete it. */
export interface Uploads {
  start(owner: string): Promise<{ uploadId: string }>;
  /** Streams one file to disk; a file of that name in the same upload is replaced. `declaredBytes` from Content-Length. */
  put(
    owner: string,
    uploadId: string,
    name: string,
    body: AsyncIterable<Uint8Array>,
    declaredBytes?: number,
  ): Promise<{ name: string; bytes: number }>;
  remove(owner: string, uploadId: string): Promise<void>;
  /** Stands for a folder, or one file, that the person chose in a dialog of this machine; never call it with a path from the network. */
  registerFolder(path: string): Promise<string>;
  open(uploadId: string): Promise<OpenUpload>;
  /** Deletes uploads that nobody touched for `idleMs` and that are not in use; returns how many. */
  sweep(): Promise<number>;
  /** Stops the sweeping timer. */
  close(): void;
}

interface Entry {
  readonly owner: string;
  readonly folder: string;
  /** Set for what a person chose on this machine: only read, never deleted. */
  readonly chosen?: readonly string[];
  readonly files: Map<string, { name: string; bytes: number }>;
  bytes: number;
  touchedAt: number;
  /** Readers and writers at work; an entry in use is never swept. */
  users: number;
  removed: boolean;
}

const idPattern = /^[0-9a-zA-Z_-]{1,64}$/;
/** Marks the folders that may be deleted at the next start, in case the folder given was ill chosen. */
const folderPrefix = 'upload-';
const sweepEveryMs = 300_000;

/** Clears the folder and opens the keeper. Throws a typed refusal when the folder cannot be made or cleared. */
export async function createUploads(options: UploadOptions): Promise<Uploads> {
  const limits: UploadLimits = { ...defaultUploadLimits, ...options.limits };
  const randomId = options.randomId ?? (() => randomBytes(16).toString('base64url'));
  const { folder, clock } = options;
  const entries = new Map<string, Entry>();
  await clearLeftovers(folder);

  function find(uploadId: string, owner?: string): Entry {
    const entry = idPattern.test(uploadId) ? entries.get(uploadId) : undefined;
    if (entry === undefined || entry.removed || (owner !== undefined && entry.owner !== owner)) {
      throw refuse('notFound', 'there is no such upload, or it has expired', 'upload the files again', {
        field: 'uploadId',
      });
    }
    entry.touchedAt = clock.monotonicMs();
    return entry;
  }

  async function discard(uploadId: string, entry: Entry): Promise<void> {
    entry.removed = true;
    entries.delete(uploadId);
    if (entry.chosen === undefined) await rm(entry.folder, { recursive: true, force: true });
  }

  async function sweep(): Promise<number> {
    const oldest = clock.monotonicMs() - limits.idleMs;
    const stale = [...entries].filter(([, entry]) => entry.users === 0 && entry.touchedAt < oldest);
    await Promise.all(stale.map(([id, entry]) => discard(id, entry)));
    return stale.length;
  }

  function add(entry: Pick<Entry, 'owner' | 'folder' | 'chosen'>, uploadId: string): string {
    entries.set(uploadId, {
      ...entry,
      files: new Map(),
      bytes: 0,
      touchedAt: clock.monotonicMs(),
      users: 0,
      removed: false,
    });
    return uploadId;
  }

  /** A failed sweep is tried again by the next one; what stays is cleared at the next start. */
  const timer = setInterval(() => void sweep().catch(() => undefined), sweepEveryMs);
  timer.unref();

  return {
    async start(owner) {
      await sweep();
      if (entries.size >= limits.uploads) {
        throw refuse('conflict', 'too many uploads are open', 'wait for the grading to end, then try again');
      }
      const uploadId = randomId();
      const own = join(folder, `${folderPrefix}${uploadId}`);
      add({ owner, folder: own }, uploadId);
      try {
        await mkdir(own, { recursive: true });
      } catch (error) {
        entries.delete(uploadId);
        throw toAppError(error);
      }
      return { uploadId };
    },

    async put(owner, uploadId, name, body, declaredBytes) {
      const entry = find(uploadId, owner);
      const checked = checkedFileName(name);
      if (entry.chosen !== undefined) throw notOurs();
      entry.users += 1;
      try {
        return await store(entry, checked, body, declaredBytes, limits, randomId);
      } finally {
        entry.users -= 1;
        entry.touchedAt = clock.monotonicMs();
      }
    },

    async remove(owner, uploadId) {
      const entry = find(uploadId, owner);
      if (entry.users > 0) {
        throw refuse('conflict', 'the upload is in use', 'wait for its grading to end or cancel it');
      }
      await discard(uploadId, entry);
    },

    async registerFolder(path) {
      await sweep();
      const { chosenFolder, files } = await readChosen(path, limits.files);
      return add({ owner: '', folder: chosenFolder, chosen: files }, randomId());
    },

    async open(uploadId) {
      const entry = find(uploadId);
      const files = entry.chosen ?? [...entry.files.values()].map((file) => file.name);
      if (files.length === 0) {
        throw refuse('file.missing', 'the upload holds no file', 'send the files first', { field: 'uploadId' });
      }
      entry.users += 1;
      let open = true;
      return {
        folder: entry.folder,
        files: [...files].sort(),
        cleanup: async () => {
          if (!open) return;
          open = false;
          entry.users -= 1;
          if (entry.users === 0 && !entry.removed) await discard(uploadId, entry);
        },
      };
    },

    sweep,
    close: () => clearInterval(timer),
  };
}

/** Writes to a hidden temporary name first, so that a broken transfer never looks like a file. */
async function store(
  entry: Entry,
  name: string,
  body: AsyncIterable<Uint8Array>,
  declaredBytes: number | undefined,
  limits: UploadLimits,
  randomId: () => string,
): Promise<{ name: string; bytes: number }> {
  const key = nameKey(name);
  const before = entry.files.get(key);
  if (before !== undefined && before.name !== name) {
    throw refuse('conflict', `it differs from ${before.name} only by case`, 'rename one of the two files', {
      file: name,
    });
  }
  if (before === undefined && entry.files.size >= limits.files) {
    throw refuse('upload.tooLarge', `an upload holds at most ${limits.files} files`, 'send fewer files', {
      file: name,
    });
  }
  if (declaredBytes !== undefined) checkSize(entry, declaredBytes, declaredBytes, name, limits);
  // Reserved before the first byte, so that transfers at the same time cannot pass the limit together.
  if (before === undefined) entry.files.set(key, { name, bytes: 0 });
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength;
      entry.bytes += chunk.byteLength;
      try {
        checkSize(entry, bytes, 0, name, limits);
        done(null, chunk);
      } catch (error) {
        done(toAppError(error));
      }
    },
  });
  const partial = join(entry.folder, `.part-${randomId()}`);
  try {
    await pipeline(body, count, createWriteStream(partial, { flags: 'wx', mode: 0o600 }));
    if (declaredBytes !== undefined && bytes !== declaredBytes) {
      throw refuse('file.unreadable', 'the transfer ended early', 'send the file again', { file: name });
    }
    await rename(partial, join(entry.folder, name));
  } catch (error) {
    entry.bytes -= bytes;
    if (before === undefined) entry.files.delete(key);
    await rm(partial, { force: true });
    throw transferError(error, name);
  }
  entry.bytes -= before?.bytes ?? 0;
  entry.files.set(key, { name, bytes });
  return { name, bytes };
}

function checkSize(entry: Entry, fileBytes: number, coming: number, name: string, limits: UploadLimits): void {
  if (fileBytes > limits.fileBytes) throw tooLarge('the file', limits.fileBytes, name);
  if (entry.bytes + coming > limits.uploadBytes) throw tooLarge('the upload', limits.uploadBytes, name);
}

function transferError(error: unknown, file: string): AppError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return refuse('file.unreadable', 'the transfer broke off', 'send the file again', { file, cause: error });
  }
  return error instanceof AppError ? error : toAppError(error, { file });
}

function notOurs(): AppError {
  return refuse('notAllowed', 'a chosen folder takes no uploads', 'start an upload of its own');
}

/** Plain files of the chosen folder, or the one chosen file; hidden files and sub-folders are left out. */
async function readChosen(path: string, most: number): Promise<{ chosenFolder: string; files: readonly string[] }> {
  if (!isAbsolute(path)) throw refuse('usage', 'the path is not absolute', 'choose the folder in the dialog again');
  try {
    const real = await realpath(path);
    if ((await stat(real)).isFile()) return { chosenFolder: dirname(real), files: [basename(real)] };
    const found = await readdir(real, { withFileTypes: true });
    const files = found.filter((item) => item.isFile() && !item.name.startsWith('.')).map((item) => item.name);
    if (files.length > most) {
      const message = `the folder holds ${files.length} files, more than ${most}`;
      throw refuse('upload.tooLarge', message, 'choose the folder of one capture', { file: basename(real) });
    }
    return { chosenFolder: real, files };
  } catch (error) {
    throw toAppError(error, { file: basename(path) });
  }
}

/** Deletes the uploads of an earlier run, and nothing else that may lie in the folder. */
async function clearLeftovers(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (name.startsWith(folderPrefix) && (await lstat(path)).isDirectory())
        await rm(path, { recursive: true, force: true });
    }
  } catch (error) {
    throw toAppError(error, { file: basename(folder) });
  }
}
