/** Where everything lies in the one data folder. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Folders {
  readonly root: string;
  readonly database: string;
  readonly lock: string;
  readonly anchor: string;
  /** Present while a damaged database waits for a person's decision. */
  readonly damagedNote: string;
  readonly files: string;
  readonly backups: string;
  readonly quarantine: string;
  readonly logs: string;
  readonly tmp: string;
}

export function foldersOf(root: string): Folders {
  return {
    root,
    database: join(root, 'trugrade.sqlite'),
    lock: join(root, 'writer.lock'),
    anchor: join(root, 'audit-head.json'),
    damagedNote: join(root, 'damaged.json'),
    files: join(root, 'files'),
    backups: join(root, 'backups'),
    quarantine: join(root, 'quarantine'),
    logs: join(root, 'logs'),
    tmp: join(root, 'tmp'),
  };
}

export function makeFolders(folders: Folders): void {
  for (const path of [folders.root, folders.files, folders.backups, folders.quarantine, folders.logs, folders.tmp]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
}

/** Why nothing can be written to the folder, by trying; undefined when it can. A full disk is not read-only. */
export function readOnlyReason(root: string): string | undefined {
  const probe = join(root, `.probe-${process.pid}`);
  try {
    writeFileSync(probe, '');
    rmSync(probe, { force: true });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EROFS') return 'the data folder lies on a read-only disk';
    if (code === 'EACCES' || code === 'EPERM') return 'this account may not write to the data folder';
    return undefined;
  }
}
