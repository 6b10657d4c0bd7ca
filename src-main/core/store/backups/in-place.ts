/** The way out after damage: a verified backup takes the place of the database that was set aside. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backup } from '../../../contract/system.ts';
import { writeAnchor } from '../../audit/index.ts';
import { refuse } from '../../errors/index.ts';
import { syncFile, syncFolder } from '../disk.ts';
import { storeError } from '../failures.ts';
import { foldersOf } from '../folders.ts';
import { lockFolder } from '../lock.ts';
import { faultOf } from './index.ts';
import { backupNames, readManifest, shown } from './manifest.ts';

/** The backups of a data folder whose store cannot be opened, newest first. */
export function listBackups(folder: string): Backup[] {
  const { backups } = foldersOf(folder);
  return backupNames(backups).flatMap((name) => {
    const manifest = readManifest(backups, name);
    return manifest ? [shown(manifest)] : [];
  });
}

/**
 * Only for a folder whose database was set aside as damaged; what was set aside stays in `quarantine/`.
 * @throws `conflict` when nothing was set aside, `notFound`, `store.damaged` (the backup too), `store.locked`
 */
export async function restoreDamaged(folder: string, name: string, signal: AbortSignal): Promise<Backup> {
  const folders = foldersOf(folder);
  const place = { field: 'name' };
  if (!existsSync(folders.damagedNote) || existsSync(folders.database)) {
    throw refuse('conflict', 'the database of this folder was not set aside', 'restore into a new data folder', place);
  }
  const manifest = backupNames(folders.backups).includes(name) ? readManifest(folders.backups, name) : undefined;
  if (manifest === undefined) {
    throw refuse('notFound', `there is no backup ${JSON.stringify(name)}`, 'look at the list of backups', place);
  }
  const lock = lockFolder(folders.lock);
  const copy = join(folders.tmp, 'restored.sqlite');
  try {
    const fault = await faultOf(folders.backups, manifest, signal);
    if (fault !== undefined) {
      throw refuse('store.damaged', `the backup is damaged: ${fault}`, 'restore an older backup', { file: name });
    }
    await copyFile(join(folders.backups, name, 'trugrade.sqlite'), copy);
    syncFile(copy);
    writeAnchor(folders.anchor, { seq: manifest.auditSeq, hash: manifest.auditHead });
    renameSync(copy, folders.database);
    syncFolder(folders.root);
    rmSync(folders.damagedNote);
    return shown(manifest);
  } catch (error) {
    rmSync(copy, { force: true });
    throw storeError(error);
  } finally {
    lock.release();
  }
}
