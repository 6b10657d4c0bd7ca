/** Writes a report and its maps into a folder that appears complete or not at all. */
import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { refuse, toAppError } from '../core/errors/index.ts';
import type { MapFiles, ResultSink } from '../core/pipeline/index.ts';

export const mapFiles: MapFiles = {
  normals: 'normals.npy',
  albedo: 'albedo.png',
  height: 'height.npy',
  gloss: 'gloss.png',
};

/** @throws AppError `conflict` when the folder holds something already, `disk.full`, `file.unwritable`. */
export function folderSink(path: string): ResultSink {
  const folder = resolve(path);
  let temporary: string | undefined;
  const guarded = async (work: (folder: string) => Promise<void>) => {
    try {
      temporary ??= await prepareBeside(folder);
      await work(temporary);
    } catch (error) {
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
      throw toAppError(error, { file: basename(folder), field: 'out' });
    }
  };
  return {
    wantsGloss: true,
    photographs: async () => undefined,
    prepare: (maps, signal) =>
      guarded(async (into) => {
        await maps.writeNpy('normals', join(into, mapFiles.normals), signal);
        await maps.writePng('albedo', join(into, mapFiles.albedo), signal);
        await maps.writeNpy('height', join(into, mapFiles.height), signal);
        await maps.writePng('gloss', join(into, mapFiles.gloss), signal);
      }),
    commit: (report) =>
      guarded(async (from) => {
        await writeDurably(join(from, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
        await rename(from, folder);
        await syncFolder(dirname(folder));
      }),
  };
}

/** A temporary sibling, so that the final rename stays on one file system. An empty folder may be replaced. */
async function prepareBeside(folder: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (present && present.length > 0)
    throw refuse('conflict', 'the folder is not empty', 'choose a new folder, or empty this one', {
      file: basename(folder),
      field: 'out',
    });
  return mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders; its rename is durable enough by journal.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
