/** The log, live and searchable: a first page, then what comes, then older pages on demand. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { LogEntry, LogLevel } from '../../../src-main/contract/system.ts';
import { core, keepWatching } from '../../rpc/index.ts';
import { addLive, addOlder, matchesSearch } from './logStore.ts';

export interface Logs {
  readonly entries: readonly LogEntry[];
  readonly waiting: number;
  readonly dropped: number;
  readonly more: boolean;
  readonly loading: boolean;
  readonly error: unknown;
  readonly showOlder: () => void;
  readonly retry: () => void;
}

const pageSize = 200;

export function useLogs(level: LogLevel, text: string, paused: boolean): Logs {
  const [entries, setEntries] = useState<readonly LogEntry[]>([]);
  const [held, setHeld] = useState<readonly LogEntry[]>([]);
  const [dropped, setDropped] = useState(0);
  const [more, setMore] = useState(false);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const isPaused = useRef(paused);
  isPaused.current = paused;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks for the whole to be loaded again
  useEffect(() => {
    const aborted = new AbortController();
    setLoading(true);
    setError(null);
    setHeld([]);
    setDropped(0);
    core.logs
      .query({ level, text, limit: pageSize }, { signal: aborted.signal })
      .then((page) => {
        if (aborted.signal.aborted) return;
        setEntries(page.items);
        setMore(page.more);
      })
      .catch((reason) => {
        if (!aborted.signal.aborted) setError(reason);
      })
      .finally(() => {
        if (!aborted.signal.aborted) setLoading(false);
      });
    const stop = keepWatching({
      open: (signal) => core.logs.watch({ level }, { signal }),
      onEvent: (event) => {
        setDropped((count) => count + event.dropped);
        const wanted = event.entries.filter((entry) => matchesSearch(entry, text));
        if (isPaused.current) setHeld((now) => addLive(now, wanted));
        else setEntries((now) => addLive(now, wanted));
      },
    });
    return () => {
      aborted.abort();
      stop();
    };
  }, [level, text, round]);

  useEffect(() => {
    if (paused || held.length === 0) return;
    setEntries((now) => addLive(now, held));
    setHeld([]);
  }, [paused, held]);

  const oldest = entries.at(-1)?.seq;
  const showOlder = useCallback(() => {
    if (oldest === undefined) return;
    setLoading(true);
    core.logs
      .query({ level, text, limit: pageSize, before: oldest })
      .then((page) => {
        setEntries((now) => addOlder(now, page.items));
        setMore(page.more);
      })
      .catch(setError)
      .finally(() => setLoading(false));
  }, [level, text, oldest]);

  const retry = useCallback(() => setRound((now) => now + 1), []);
  return { entries, waiting: held.length, dropped, more, loading, error, showOlder, retry };
}
