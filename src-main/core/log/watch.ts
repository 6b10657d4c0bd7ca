/** The newest lines in memory, and readers who follow them without any queue of their own. */
import { setTimeout as delay } from 'node:timers/promises';
import { type LogEntry, type LogLevel, logLevelSchema } from '../../contract/system.ts';
import { type LogsEvent, levelRank } from './types.ts';

const mostPerEvent = 200;

export interface Recent {
  push(entry: LogEntry): void;
  newestFirst(): readonly LogEntry[];
  watch(level: LogLevel, signal: AbortSignal): AsyncGenerator<LogsEvent, void, undefined>;
  /** Ends all followers. */
  close(): void;
}

/**
 * A ring of `capacity` entries. A follower holds one number, the last sequence it saw: memory does not grow
 * however slow it is; what the ring has overtaken is counted in `dropped`.
 */
export function createRecent(capacity: number, minIntervalMs: number): Recent {
  const ring: LogEntry[] = [];
  const wakers = new Set<() => void>();
  const closing = new AbortController();
  /** Entries of each level ever pushed, to count what a follower missed. */
  const pushed: Record<LogLevel, number> = { debug: 0, info: 0, warn: 0, error: 0 };
  let lastSeq = 0;

  const pushedFrom = (level: LogLevel) =>
    logLevelSchema.options.reduce((sum, each) => sum + (levelRank[each] >= levelRank[level] ? pushed[each] : 0), 0);

  return {
    push(entry) {
      ring.push(entry);
      if (ring.length > capacity) ring.splice(0, ring.length - capacity);
      pushed[entry.level] += 1;
      lastSeq = entry.seq;
      for (const wake of wakers) wake();
    },
    newestFirst: () => ring.toReversed(),
    async *watch(level, signal) {
      const ends = AbortSignal.any([signal, closing.signal]);
      let seen = lastSeq;
      let counted = pushedFrom(level);
      while (!ends.aborted) {
        if (lastSeq === seen) await woken(wakers, ends);
        if (ends.aborted) return;
        const total = pushedFrom(level);
        const after = seen;
        const fresh = ring.filter((entry) => entry.seq > after && levelRank[entry.level] >= levelRank[level]);
        const entries = fresh.slice(-mostPerEvent);
        const dropped = total - counted - entries.length;
        seen = lastSeq;
        counted = total;
        if (entries.length > 0 || dropped > 0) {
          yield { entries, dropped };
          await delay(minIntervalMs, undefined, { signal: ends }).catch(() => undefined);
        }
      }
    },
    close() {
      closing.abort();
    },
  };
}

function woken(wakers: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      wakers.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    wakers.add(done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
