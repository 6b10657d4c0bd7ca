/** Files and rows agree, or the difference is put right and reported: nothing is ever deleted but unfinished copies. */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { filePath } from './files.ts';
import type { Folders } from './folders.ts';
import type { SweepReport } from './types.ts';

export interface SweepParts {
  readonly db: Database;
  readonly folders: Folders;
  /** Files of this run that have no row yet: they are no orphans. */
  readonly isPending: (id: string) => boolean;
  /** False: look and report, change nothing. */
  readonly repair: boolean;
}

interface Found {
  readonly filesWithoutRow: string[];
  readonly rowsWithoutFile: string[];
  leftovers: number;
}
const nothing = (): Found => ({ filesWithoutRow: [], rowsWithoutFile: [], leftovers: 0 });

/**
 * What the last run left unfinished: half-copied files and files put but never written to a row. Takes time by
 * the number of these, not by the size of the store. Only before anything is put.
 */
export function sweepUnfinished(parts: SweepParts): SweepReport {
  const found = nothing();
  const hasRow = parts.db.prepare<[string], number>('SELECT 1 FROM files WHERE id = ?').pluck();
  for (const name of namesIn(parts.folders.tmp)) {
    const id = /^([0-9a-f]{64})\.put$/.exec(name)?.[1];
    if (id === undefined) found.leftovers += 1;
    else if (hasRow.get(id) === undefined && existsSync(filePath(parts.folders.files, id))) {
      orphan(parts, found, filePath(parts.folders.files, id), id);
    }
    if (parts.repair) rmSync(join(parts.folders.tmp, name), { recursive: true, force: true });
  }
  return { ...found, complete: false };
}

/** All files against all rows, one of 256 folders at a time. */
export function sweepAll(parts: SweepParts): SweepReport {
  const found = nothing();
  for (const _ of steps(parts, found));
  return { ...found, complete: true };
}

/** The same without keeping anything else waiting. Throws when the signal aborts. */
export async function sweepGently(parts: SweepParts, signal: AbortSignal): Promise<SweepReport> {
  const found = nothing();
  for (const _ of steps(parts, found)) {
    await breathe();
    signal.throwIfAborted();
  }
  return { ...found, complete: true };
}

function* steps(parts: SweepParts, found: Found): Generator<void, void, undefined> {
  const { files } = parts.folders;
  const compare = comparer(parts, found);
  for (const name of namesIn(files)) {
    if (!/^[0-9a-f]{2}$/.test(name)) orphan(parts, found, join(files, name), name);
  }
  for (let number = 0; number < 256; number += 1) {
    // 'g' follows 'f', so that the last range ends as well.
    compare(hexByte(number), number === 255 ? 'g' : hexByte(number + 1));
    yield;
  }
}

const hexByte = (number: number) => number.toString(16).padStart(2, '0');

/** Compares one folder, whose ids begin with `prefix`, with the rows from there to `end`. */
function comparer(parts: SweepParts, found: Found): (prefix: string, end: string) => void {
  const { db, folders, repair } = parts;
  const rowsOf = db.prepare<[string, string], { id: string; missing: number }>(
    'SELECT id, missing FROM files WHERE id >= ? AND id < ? ORDER BY id',
  );
  const flag = db.prepare('UPDATE files SET missing = ? WHERE id = ?');
  return (prefix, end) => {
    const there = new Set(namesIn(join(folders.files, prefix)).map((rest) => prefix + rest));
    for (const { id, missing } of rowsOf.all(prefix, end)) {
      const present = there.delete(id);
      if (!present) found.rowsWithoutFile.push(id);
      if (repair && present === (missing === 1)) flag.run(present ? 0 : 1, id);
    }
    for (const id of there) {
      if (!parts.isPending(id)) orphan(parts, found, join(folders.files, prefix, id.slice(2)), id);
    }
  };
}

function orphan({ folders, repair }: SweepParts, found: Found, path: string, name: string): void {
  found.filesWithoutRow.push(name);
  if (repair) renameSync(path, freeName(folders.quarantine, name));
}

/** The same content may have been an orphan before: a second copy adds nothing, a stranger's name might. */
function freeName(folder: string, name: string): string {
  let path = join(folder, name);
  for (let number = 2; existsSync(path); number += 1) path = join(folder, `${name}.${number}`);
  return path;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
