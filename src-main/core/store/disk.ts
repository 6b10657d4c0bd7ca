/** The few file operations that make a write durable: temporary file, fsync, rename, fsync of the folder. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';

/** What the store asks of the disk; tests put a failing one in its place. */
export interface Disk {
  open(path: string, flags: string): Promise<Pick<FileHandle, 'write' | 'sync' | 'close' | 'read' | 'stat'>>;
  rename(from: string, to: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  syncFolder(path: string): void;
}

export const realDisk: Disk = {
  open: (path, flags) => open(path, flags, 0o600),
  rename,
  async mkdir(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  remove: (path) => rm(path, { force: true, recursive: true }),
  syncFolder,
};

/** Makes renames inside a folder durable. Windows has no such call: there the journal of NTFS does it. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function syncFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
