/** What the rest of the core sees of the log. */

import type { z } from 'zod';
import type { LogEntry, LogLevel, logPageSchema, logQuerySchema, logsEventSchema } from '../../contract/system.ts';

export type LogQuery = z.infer<typeof logQuerySchema>;
export type LogPage = z.infer<typeof logPageSchema>;
export type LogsEvent = z.infer<typeof logsEventSchema>;

export type LogValue = string | number | boolean | null | undefined | Error;
export type LogFields = Readonly<Record<string, LogValue>>;

/** Writes lines under one source name. Never throws. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log under another source name. */
  child(source: string): Log;
}

/** The whole log: writing, reading, following, and what must never appear in it. */
export interface LogBook extends Log {
  /** From now on this value is replaced wherever it would appear; shorter than 6 characters is ignored. */
  hide(value: string): void;
  /** Newest first, over memory and files. */
  query(query: LogQuery): LogPage;
  /** New lines as they come, conflated: a slow reader gets the newest and the number it missed. Ends when the signal aborts. */
  watch(level: LogLevel, signal: AbortSignal): AsyncGenerator<LogsEvent, void, undefined>;
  setKeepDays(days: number): void;
  /** Lines that could not be written to disk (they are still in memory for a while). */
  droppedLines(): number;
  close(): void;
}

export const levelRank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A log that writes nothing, for tests and tools that want none. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** Whether an entry belongs to a query's level and text (case-insensitive substring of message, source or fields). */
export function matches(entry: LogEntry, level: LogLevel, text: string): boolean {
  if (levelRank[entry.level] < levelRank[level]) return false;
  if (text === '') return true;
  const wanted = text.toLowerCase();
  return [entry.message, entry.source, ...Object.entries(entry.fields).flat()].some((part) =>
    String(part).toLowerCase().includes(wanted),
  );
}
