/** Ends a service's stream with its reader: closes the generator when the client is gone, whatever it waits for. */

/**
 * Passes `source` on until it ends or `signal` aborts. After an abort nothing more is yielded and the source is told
 * to return; its `finally` runs as soon as the wait it is in ends (a generator cannot be interrupted inside an await,
 * which is why it is given the signal too).
 */
export async function* endWith<T>(
  source: AsyncGenerator<T, void, unknown>,
  signal: AbortSignal,
): AsyncGenerator<T, void, unknown> {
  try {
    while (!signal.aborted) {
      const item = await nextOrAbort(source, signal);
      if (item === undefined || item.done) return;
      yield item.value;
    }
  } finally {
    // Not awaited: a source stuck in a wait of its own must not hold the connection's clean-up.
    source.return().catch(() => undefined);
  }
}

/**
 * The next item, or undefined when the signal aborts first. Not `Promise.race` against one long-lived promise: that
 * keeps a reaction for every item ever raced, a leak that grows with the length of the stream.
 */
function nextOrAbort<T>(
  source: AsyncGenerator<T, void, unknown>,
  signal: AbortSignal,
): Promise<IteratorResult<T, void> | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    source
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
