/** The store: gradings, files, settings and the audit log in one data folder with one writer. */
import { mkdirSync } from 'node:fs';
import type { Clock } from '../clock/index.ts';
import type { Log } from '../log/index.ts';
import { assemble } from './assemble.ts';
import { type Disk, realDisk } from './disk.ts';
import { refusing } from './failures.ts';
import { foldersOf, makeFolders, readOnlyReason } from './folders.ts';
import { lockFolder } from './lock.ts';
import { type Migration, migrations } from './migrations/index.ts';
import { openToRead, openToWrite } from './open-database.ts';
import type { Store } from './types.ts';

export { listBackups, restoreDamaged } from './backups/in-place.ts';
export type { Disk } from './disk.ts';
export type { FileSource } from './files.ts';
export { foldersOf } from './folders.ts';
export type * from './types.ts';

export interface StoreOptions {
  /** The data folder; made when it is not there. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For tests: a disk that fails. */
  readonly disk?: Disk;
  /** For tests of upgrades. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the data folder, as its one writer where it can be written to, else for reading only.
 * @throws `store.locked`, `store.newer`, `store.damaged`, `store.readOnly` (empty and read-only), `disk.full`
 */
export function openStore(options: StoreOptions): Store {
  const { clock, log, disk = realDisk, migrations: list = migrations } = options;
  const folders = foldersOf(options.folder);
  return refusing(() => {
    mkdirSync(folders.root, { recursive: true, mode: 0o700 });
    const reason = readOnlyReason(folders.root);
    if (reason !== undefined) {
      log.warn('the store is opened for reading only', { reason });
      return assemble({ clock, log, disk, folders, opened: openToRead(folders, list), reason });
    }
    makeFolders(folders);
    const lock = lockFolder(folders.lock);
    try {
      return assemble({ clock, log, disk, folders, opened: openToWrite(folders, clock, list), lock });
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}
