/** How a stream ends: with its source, its reader, or the connection. */
import { expect, test } from 'vitest';
import { endWith } from './streams.ts';

async function* numbers(ended: () => void): AsyncGenerator<number, void, unknown> {
  try {
    for (let n = 0; n < 3; n++) yield n;
  } finally {
    ended();
  }
}

test('passes on what comes, and ends with its source', async () => {
  let ended = 0;
  const seen: number[] = [];
  for await (const n of endWith(
    numbers(() => ended++),
    new AbortController().signal,
  ))
    seen.push(n);
  expect([seen, ended]).toEqual([[0, 1, 2], 1]);
});

test('a source that waits without end is left when the signal aborts', async () => {
  const controller = new AbortController();
  async function* stuck(): AsyncGenerator<number, void, unknown> {
    await new Promise(() => undefined);
    yield 1;
  }
  const next = endWith(stuck(), controller.signal).next();
  controller.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('a reader that breaks off ends the source', async () => {
  let ended = 0;
  for await (const _ of endWith(
    numbers(() => ended++),
    new AbortController().signal,
  ))
    break;
  await Promise.resolve();
  expect(ended).toBe(1);
});

test('an error of the source arrives', async () => {
  async function* broken(): AsyncGenerator<number, void, unknown> {
    yield 1;
    throw new Error('broken');
  }
  const stream = endWith(broken(), new AbortController().signal);
  await stream.next();
  await expect(stream.next()).rejects.toThrow('broken');
});
