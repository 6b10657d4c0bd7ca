/** Files out of a drop or a file input, with their paths inside the dropped folder. */
import type { Picked } from './sourceFiles.ts';

/** A capture has some dozens of files; whoever drops a whole disk is stopped here. */
const mostFiles = 2_000;

export interface Dropped {
  readonly entries: readonly FileSystemEntry[];
  /** Files that come without an entry, such as those another program hands over from its memory. */
  readonly loose: readonly File[];
}

/** Must be called in the drop event itself: the entries are gone after the first await. */
export function droppedIn(transfer: DataTransfer): Dropped {
  const entries: FileSystemEntry[] = [];
  const loose: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    if (file) loose.push(file);
  }
  return { entries, loose };
}

export async function filesOf({ entries, loose }: Dropped): Promise<readonly Picked<File>[]> {
  const found: Picked<File>[] = loose.map((file) => ({ file, path: file.name }));
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry && found.length < mostFiles; entry = waiting.shift()) {
    if (isFile(entry)) found.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, '') });
    else if (isDirectory(entry)) waiting.push(...(await childrenOf(entry)));
  }
  return found;
}

export function filesOfInput(list: FileList | null): readonly Picked<File>[] {
  return [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** `readEntries` gives at most 100 at a time and an empty list at the end. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
