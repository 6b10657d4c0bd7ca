/** Structured logs: JSON lines in one bounded folder, readable and searchable in the app, with nothing secret in them. */
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { LogEntry, LogLevel } from '../../contract/system.ts';
import type { Clock } from '../clock/index.ts';
import { openLogFiles } from './files.ts';
import { createRedactor } from './redact.ts';
import { type Log, type LogBook, type LogFields, type LogPage, type LogQuery, levelRank, matches } from './types.ts';
import { createRecent } from './watch.ts';

export { type Log, type LogBook, type LogFields, type LogQuery, type LogsEvent, silentLog } from './types.ts';

export interface LogOptions {
  /** Where the files go; the log makes it. */
  readonly folder: string;
  readonly clock: Clock;
  /** Of one file. */
  readonly maxBytes?: number;
  readonly maxFiles?: number;
  readonly minLevel?: LogLevel;
  readonly keepDays?: number;
  /** Shown as `<data>` in lines; by default the folder that holds the log folder. */
  readonly dataFolder?: string;
  /** Shown as `~` in lines. */
  readonly homeFolder?: string;
  /** Receives every entry after redaction, e.g. to print it. */
  readonly mirror?: (entry: LogEntry) => void;
  /** Entries kept in memory for followers and quick queries. */
  readonly recent?: number;
  /** The shortest time between two events to one follower. */
  readonly watchIntervalMs?: number;
}

/** Opens the log. Nothing in it ever throws: a full or read-only disk drops lines and counts them. */
export function createLog(options: LogOptions): LogBook {
  const { folder, clock, maxBytes = 1_000_000, maxFiles = 10, minLevel = 'info', mirror } = options;
  const redactor = createRedactor([
    { path: options.dataFolder ?? dirname(folder), shown: '<data>' },
    { path: options.homeFolder ?? homedir(), shown: '~' },
  ]);
  const files = openLogFiles(folder, maxBytes, maxFiles);
  const recent = createRecent(options.recent ?? 2000, options.watchIntervalMs ?? 100);
  let keepDays = options.keepDays ?? 30;
  let seq = files.lastSeq;
  let dropped = 0;
  files.prune(clock.now().getTime(), keepDays);

  const write = (source: string, level: LogLevel, message: string, fields: LogFields | undefined) => {
    if (levelRank[level] < levelRank[minLevel]) return;
    try {
      seq += 1;
      const entry: LogEntry = {
        seq,
        time: clock.now().toISOString(),
        level,
        source,
        message: redactor.text(String(message)),
        fields: redactor.fields(fields),
      };
      recent.push(entry);
      if (!files.append(entry)) dropped += 1;
      mirror?.(entry);
    } catch {
      dropped += 1;
    }
  };
  const under = (source: string): Log => ({
    debug: (message, fields) => write(source, 'debug', message, fields),
    info: (message, fields) => write(source, 'info', message, fields),
    warn: (message, fields) => write(source, 'warn', message, fields),
    error: (message, fields) => write(source, 'error', message, fields),
    child: (name) => under(`${source}.${name}`),
  });

  return {
    ...under('core'),
    child: (source) => under(source),
    hide: redactor.hide,
    query: (query) => page(query, recent.newestFirst(), (before) => files.newestFirst(before)),
    watch: recent.watch,
    setKeepDays(days) {
      keepDays = days;
      files.prune(clock.now().getTime(), keepDays);
    },
    droppedLines: () => dropped,
    close() {
      recent.close();
      files.close();
    },
  };
}

/** Memory first, then the files for what is older than memory. */
function page(query: LogQuery, memory: readonly LogEntry[], onDisk: (before: number) => Iterable<LogEntry>): LogPage {
  const before = query.before ?? Number.MAX_SAFE_INTEGER;
  const items: LogEntry[] = [];
  const take = (entries: Iterable<LogEntry>): boolean => {
    for (const entry of entries) {
      if (entry.seq >= before || !matches(entry, query.level, query.text)) continue;
      if (items.length === query.limit) return true;
      items.push(entry);
    }
    return false;
  };
  const oldest = memory.at(-1)?.seq ?? Number.MAX_SAFE_INTEGER;
  const more = take(memory) || take(onDisk(Math.min(before, oldest)));
  return { items, more };
}
