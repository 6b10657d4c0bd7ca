/** Tiles in memory: what is wanted comes, what is not wanted goes, within the budget. */
import { describe, expect, test } from 'vitest';
import { TileCache } from './tileCache.ts';

function world(budgetBytes: number, mostLoads = 2) {
  const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void; signal: AbortSignal }>();
  const gone: string[] = [];
  const asked: string[] = [];
  const failures: unknown[] = [];
  const cache = new TileCache<string>({
    ...{ budgetBytes, mostLoads },
    load: (key, signal) =>
      new Promise((resolve, reject) => {
        asked.push(key);
        waiting.set(key, { resolve: () => resolve({ value: key, bytes: 10 }), reject, signal });
      }),
    dispose: (value) => gone.push(value),
    onLoaded: () => undefined,
    onFailed: (error) => failures.push(error),
  });
  const settle = () => new Promise((done) => setTimeout(done, 0));
  const come = async (...keys: string[]) => {
    for (const key of keys) waiting.get(key)?.resolve();
    await settle();
  };
  return { cache, waiting, gone, asked, failures, come, settle };
}

describe('tile cache', () => {
  test('loads the most urgent first, a few at a time', async () => {
    const { cache, asked, come } = world(100);
    cache.want(['a', 'b', 'c']);
    expect(asked).toEqual(['a', 'b']);
    expect(cache.settled).toBe(false);
    await come('a');
    expect(asked).toEqual(['a', 'b', 'c']);
    await come('b', 'c');
    expect(cache.settled).toBe(true);
    expect([cache.get('a'), cache.count, cache.bytes]).toEqual(['a', 3, 30]);
  });

  test('a load that nobody wants any more is given up and makes room', async () => {
    const { cache, waiting, asked, gone, come, settle } = world(100, 1);
    cache.want(['a']);
    cache.want(['b']);
    expect(waiting.get('a')?.signal.aborted).toBe(true);
    waiting.get('a')?.resolve();
    await settle();
    // What came although it was given up is not kept.
    expect(gone).toEqual(['a']);
    expect(asked).toEqual(['a', 'b']);
    await come('b');
    expect(cache.get('b')).toBe('b');
  });

  test('over the budget the longest unused go, never what is wanted now', async () => {
    const { cache, gone, come } = world(30, 9);
    cache.want(['a', 'b', 'c']);
    await come('a', 'b', 'c');
    cache.want(['b']);
    cache.want(['d', 'e', 'b']);
    await come('d', 'e');
    expect(gone).toEqual(['a', 'c']);
    cache.want(['b', 'd', 'e', 'f', 'g']);
    await come('f', 'g');
    expect(cache.bytes).toBe(50);
    expect(gone).toEqual(['a', 'c']);
    cache.want(['g']);
    expect(cache.bytes).toBe(30);
  });

  test('a failure is told once, does not block the others, and is tried again when asked', async () => {
    const { cache, waiting, asked, failures, come, settle } = world(100);
    cache.want(['a', 'b']);
    waiting.get('a')?.reject(new Error('no'));
    await settle();
    await come('b');
    expect(failures).toHaveLength(1);
    expect(cache.settled).toBe(true);
    cache.want(['a', 'b']);
    expect(asked).toEqual(['a', 'b']);
    cache.forgetFailures();
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  test('after a lost GPU everything is loaded anew and nothing is disposed of twice', async () => {
    const { cache, asked, gone, come } = world(100);
    cache.want(['a']);
    await come('a');
    cache.clear(false);
    expect(gone).toEqual([]);
    cache.want(['a']);
    expect(asked).toEqual(['a', 'a']);
    await come('a');
    cache.close();
    expect(gone).toEqual(['a']);
  });
});
