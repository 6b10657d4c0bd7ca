/** Follows an event stream of the core for as long as the page lives, through any number of reconnections. */
import { connection } from './client.ts';

export interface Watch<T> {
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<T>>;
  readonly onEvent: (event: T) => void;
}

/** Returns the function that ends the watch. A stream that breaks or ends is opened again. */
export function keepWatching<T>({ open, onEvent }: Watch<T>): () => void {
  const ended = new AbortController();
  void follow(open, onEvent, ended.signal);
  return () => ended.abort();
}

async function follow<T>(open: Watch<T>['open'], onEvent: (event: T) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await connection.untilOpen(signal);
    if (signal.aborted) return;
    try {
      for await (const event of await open(signal)) {
        if (signal.aborted) return;
        onEvent(event);
      }
    } catch {
      // A broken stream says nothing that the connection banner does not say; it is opened again below.
    }
    if (!signal.aborted) await pause(500, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
