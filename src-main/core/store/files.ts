/**
 * Files by content: `files/ab/cdef…`, named by the SHA-256 of what is in them. A file is durable before any row
 * speaks of it. Until then a note `tmp/<id>.put` stands for it, so that after a crash the files without a row are
 * known at once, without walking through all of them.
 */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from '../errors/index.ts';
import { type Disk, realDisk } from './disk.ts';
import { codeOf, storeError } from './failures.ts';
import type { Folders } from './folders.ts';

export type FileSource = Uint8Array | { readonly path: string };

const chunkBytes = 1 << 20;
const idPattern = /^[0-9a-f]{64}$/;

/** Path of a file by its id; throws `value.invalid` for anything that is not an id (so no path can escape). */
export function filePath(files: string, id: string): string {
  if (!idPattern.test(id)) {
    throw refuse('value.invalid', 'this is not a file id', 'use the 64 hex digits of the file', { field: 'id' });
  }
  return join(files, id.slice(0, 2), id.slice(2));
}

export interface FileShelf {
  put(source: FileSource, signal?: AbortSignal): Promise<string>;
  path(id: string): string;
  read(id: string): Promise<Uint8Array>;
  verify(id: string): Promise<'ok' | 'missing' | 'damaged'>;
  /** Bytes on disk; undefined when there is no such file. */
  size(id: string): number | undefined;
  /** These ids have their rows now. */
  settled(ids: Iterable<string>): void;
  discard(id: string): void;
  /** Takes away a file that no row speaks of any more. */
  remove(id: string): void;
  isPending(id: string): boolean;
}

/** @param hasRow whether the database knows the file */
export function createFileShelf(folders: Folders, disk: Disk, hasRow: (id: string) => boolean): FileShelf {
  /** Put in this run and not yet in a row, with the number of puts. */
  const pending = new Map<string, number>();
  const note = (id: string) => join(folders.tmp, `${id}.put`);

  const settle = (id: string) => {
    if (pending.delete(id)) rmSync(note(id), { force: true });
  };
  const place = async (temporary: string, id: string, bytes: number) => {
    const target = filePath(folders.files, id);
    const folder = join(target, '..');
    if (!existsSync(folder)) {
      await disk.mkdir(folder);
      disk.syncFolder(folders.files);
    }
    if (hasRow(id) && sizeOf(target) === bytes) {
      await disk.remove(temporary);
      return;
    }
    await disk.rename(temporary, target);
    disk.syncFolder(folder);
  };

  return {
    async put(source, signal) {
      const temporary = join(folders.tmp, `${randomUUID()}.part`);
      let id: string | undefined;
      try {
        const written = await copyDurably(disk, source, temporary, signal);
        id = written.id;
        pending.set(id, (pending.get(id) ?? 0) + 1);
        closeSync(openSync(note(id), 'w', 0o600));
        await place(temporary, id, written.bytes);
        return id;
      } catch (error) {
        await disk.remove(temporary).catch(() => undefined);
        if (id !== undefined) forget(id);
        throw storeError(error, typeof source === 'object' && 'path' in source ? source.path : undefined);
      }
    },
    path: (id) => filePath(folders.files, id),
    async read(id) {
      try {
        return await readFile(filePath(folders.files, id));
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw storeError(error);
        throw refuse('file.missing', 'the file is not in the store any more', 'restore it from a backup', { file: id });
      }
    },
    verify: (id) => verifyFile(filePath(folders.files, id), id),
    size: (id) => sizeOf(filePath(folders.files, id)),
    settled(ids) {
      for (const id of ids) settle(id);
    },
    discard: forget,
    remove(id) {
      if (!hasRow(id) && !pending.has(id)) rmSync(filePath(folders.files, id), { force: true });
    },
    isPending: (id) => pending.has(id),
  };

  /** Takes one put back; the file goes with the last of them, unless a row holds it. */
  function forget(id: string): void {
    const left = (pending.get(id) ?? 0) - 1;
    if (left > 0) {
      pending.set(id, left);
      return;
    }
    if (left < 0) return;
    if (!hasRow(id)) rmSync(filePath(folders.files, id), { force: true });
    settle(id);
  }
}

/** SHA-256 over the file in pieces: memory stays bounded. */
export async function verifyFile(path: string, id: string): Promise<'ok' | 'missing' | 'damaged'> {
  try {
    const sum = createHash('sha256');
    for await (const chunk of chunksOf(realDisk, { path })) sum.update(chunk);
    return sum.digest('hex') === id ? 'ok' : 'damaged';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'missing';
    throw storeError(error);
  }
}

function sizeOf(path: string): number | undefined {
  const info = statSync(path, { throwIfNoEntry: false });
  return info?.isFile() ? info.size : undefined;
}

async function* chunksOf(disk: Disk, source: FileSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (source instanceof Uint8Array) {
    for (let at = 0; at < source.length; at += chunkBytes) yield source.subarray(at, at + chunkBytes);
    return;
  }
  const handle = await disk.open(source.path, 'r');
  try {
    const buffer = new Uint8Array(chunkBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Copies to a temporary file, hashing on the way; the bytes are on the disk when it returns. */
export async function copyDurably(
  disk: Disk,
  source: FileSource,
  target: string,
  signal: AbortSignal | undefined,
): Promise<{ id: string; bytes: number }> {
  const sum = createHash('sha256');
  const handle = await disk.open(target, 'wx');
  let bytes = 0;
  try {
    for await (const chunk of chunksOf(disk, source)) {
      signal?.throwIfAborted();
      sum.update(chunk);
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await handle.write(chunk, at, chunk.length - at);
        at += bytesWritten;
      }
      bytes += chunk.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { id: sum.digest('hex'), bytes };
}
