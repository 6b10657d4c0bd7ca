/** From a backup back to a data folder: whole or not at all. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { writeAnchor } from '../../audit/index.ts';
import { refuse } from '../../errors/index.ts';
import { realDisk, syncFile, syncFolder } from '../disk.ts';
import { codeOf } from '../failures.ts';
import { copyDurably, filePath } from '../files.ts';
import { type Folders, foldersOf, makeFolders } from '../folders.ts';
import type { RestoreReport } from '../types.ts';
import { type Manifest, shown } from './manifest.ts';

/**
 * Builds the new folder beside its place and renames it there at the end.
 * @param manifest of a backup just verified
 */
export async function restoreInto(
  from: Folders,
  manifest: Manifest,
  intoFolder: string,
  signal: AbortSignal,
  progress?: (fraction: number) => void,
): Promise<RestoreReport> {
  if (existsSync(intoFolder) && readdirSync(intoFolder).length > 0) {
    throw refuse('conflict', 'the folder to restore into is not empty', 'choose an empty or a new folder', {
      field: 'intoFolder',
    });
  }
  const building = `${intoFolder}.restoring-${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  const to = foldersOf(building);
  try {
    makeFolders(to);
    await copyFile(join(from.backups, manifest.name, 'trugrade.sqlite'), to.database);
    syncFile(to.database);
    writeAnchor(to.anchor, { seq: manifest.auditSeq, hash: manifest.auditHead });
    const report = await copyFiles(from, to, signal, progress);
    syncFolder(building);
    rmSync(intoFolder, { recursive: true, force: true });
    await mkdir(dirname(intoFolder), { recursive: true });
    await rename(building, intoFolder);
    syncFolder(dirname(intoFolder));
    return { backup: shown(manifest), ...report };
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
}

async function copyFiles(
  from: Folders,
  to: Folders,
  signal: AbortSignal,
  progress: ((fraction: number) => void) | undefined,
): Promise<{ files: number; missingFiles: string[] }> {
  const db = new Database(to.database, { readonly: true });
  const missingFiles: string[] = [];
  let files = 0;
  try {
    const ids = db.prepare<[], string>('SELECT id FROM files ORDER BY id').pluck().all();
    for (const [index, id] of ids.entries()) {
      signal.throwIfAborted();
      if (await copyChecked(from, to, id, signal)) files += 1;
      else missingFiles.push(id);
      progress?.((index + 1) / ids.length);
    }
  } finally {
    db.close();
  }
  return { files, missingFiles };
}

/** False when the file is missing or its content is not what its name says. */
async function copyChecked(from: Folders, to: Folders, id: string, signal: AbortSignal): Promise<boolean> {
  const target = filePath(to.files, id);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    const copied = await copyDurably(realDisk, { path: filePath(from.files, id) }, target, signal);
    if (copied.id === id) return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  rmSync(target, { force: true });
  return false;
}
