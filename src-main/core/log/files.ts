/** Numbered files of JSON lines in one folder: bounded in size, number and age, readable after a torn write. */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type LogEntry, logEntrySchema } from '../../contract/system.ts';

const namePattern = /^log-(\d{8})\.jsonl$/;
const dayMs = 86_400_000;

export interface LogFiles {
  /** The highest sequence number found on disk; 0 when there is none. */
  readonly lastSeq: number;
  /** Appends one line; false when the disk did not take it. */
  append(entry: LogEntry): boolean;
  /** Entries older than `before`, newest first, read file by file. */
  newestFirst(before: number): Generator<LogEntry, void, undefined>;
  /** Removes files over the number allowed or last written before the limit. */
  prune(nowMs: number, keepDays: number): void;
  close(): void;
}

export function openLogFiles(folder: string, maxBytes: number, maxFiles: number): LogFiles {
  let handle: number | undefined;
  let written = 0;
  const numbers = (): number[] => {
    try {
      return readdirSync(folder)
        .flatMap((name) => namePattern.exec(name)?.[1] ?? [])
        .map(Number)
        .sort((a, b) => b - a);
    } catch {
      return [];
    }
  };
  const pathOf = (number: number) => join(folder, `log-${String(number).padStart(8, '0')}.jsonl`);
  let current = numbers()[0] ?? 0;
  const lastSeq = newestOnDisk(numbers().map(pathOf));

  const shut = () => {
    if (handle === undefined) return;
    const open = handle;
    handle = undefined;
    closeSync(open);
  };
  /** Goes on with the newest file after a start, on a fresh line, so that a torn last line harms no other. */
  const resume = (bytes: number) => {
    if (handle !== undefined || current === 0) return undefined;
    const size = statSync(pathOf(current), { throwIfNoEntry: false })?.size ?? maxBytes;
    if (size + bytes + 1 > maxBytes) return undefined;
    handle = openSync(pathOf(current), 'a', 0o600);
    written = size + (size > 0 ? writeSync(handle, '\n') : 0);
    return handle;
  };
  const next = () => {
    shut();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    current += 1;
    handle = openSync(pathOf(current), 'ax', 0o600);
    written = 0;
    for (const old of numbers().slice(maxFiles)) rmSync(pathOf(old), { force: true });
    return handle;
  };
  const handleFor = (bytes: number) =>
    handle !== undefined && written + bytes <= maxBytes ? handle : (resume(bytes) ?? next());

  return {
    lastSeq,
    append(entry) {
      try {
        const line = Buffer.from(`${JSON.stringify(entry)}\n`);
        const wrote = writeSync(handleFor(line.length), line);
        written += wrote;
        if (wrote === line.length) return true;
        shut();
        return false;
      } catch {
        try {
          shut();
        } catch {
          // The handle is gone either way; the next line opens a new file.
        }
        return false;
      }
    },
    *newestFirst(before) {
      for (const number of numbers()) {
        for (const entry of entriesOf(pathOf(number))) if (entry.seq < before) yield entry;
      }
    },
    prune(nowMs, keepDays) {
      const openInode = handle === undefined ? undefined : fstatSync(handle).ino;
      numbers().forEach((number, index) => {
        try {
          const info = statSync(pathOf(number));
          const old = nowMs - info.mtimeMs > keepDays * dayMs;
          if (info.ino !== openInode && (old || index >= maxFiles)) rmSync(pathOf(number), { force: true });
        } catch {
          // Gone or not ours to remove: the log keeps working, and the next prune tries again.
        }
      });
    },
    close() {
      try {
        shut();
      } catch {
        // Closing is best effort: every line was already handed to the system.
      }
    },
  };
}

function newestOnDisk(paths: readonly string[]): number {
  for (const path of paths) {
    const newest = entriesOf(path)[0];
    if (newest) return newest.seq;
  }
  return 0;
}

/** The whole lines of one file, newest first; lines that are torn or not ours are passed over. */
function entriesOf(path: string): LogEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .flatMap((line) => {
      if (line === '') return [];
      try {
        const parsed = logEntrySchema.safeParse(JSON.parse(line));
        return parsed.success ? [parsed.data] : [];
      } catch {
        return [];
      }
    })
    .reverse();
}
