/** The connection to the core: back-off, patience, refusal. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { retryDelayMs } from './backoff.ts';
import { Connection, ConnectionLostError } from './connection.ts';

class FakeSocket extends EventTarget {
  readyState = 0;
  send(): void {}
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  close(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

function setUp(sessionRefused = false) {
  const sockets: FakeSocket[] = [];
  const connection = new Connection({
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      // The connection uses no more of a WebSocket than the fake has.
      return socket as unknown as WebSocket;
    },
    sessionRefused: () => Promise.resolve(sessionRefused),
    random: () => 0.5,
    patienceMs: 1_000,
  });
  connection.start();
  return { sockets, connection };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('back-off', () => {
  test('doubles from a quarter second to five, spread by a fifth', () => {
    expect([1, 2, 3, 5, 9, 50].map((attempt) => retryDelayMs(attempt, () => 0.5))).toEqual([
      250, 500, 1000, 4000, 5000, 5000,
    ]);
    expect(retryDelayMs(1, () => 0)).toBe(200);
    expect(retryDelayMs(1, () => 0.999999)).toBe(300);
  });
});

describe('connection', () => {
  test('a call made while connecting gets the link as soon as it is open', async () => {
    const { sockets, connection } = setUp();
    const link = connection.link();
    sockets[0]?.open();
    await expect(link).resolves.toBeDefined();
    expect(connection.getState()).toEqual({ kind: 'open' });
  });

  test('a broken connection is opened again, and the attempts are counted until it holds', async () => {
    const { sockets, connection } = setUp();
    sockets[0]?.open();
    sockets[0]?.close();
    expect(connection.getState()).toEqual({ kind: 'waiting', attempt: 1 });
    await vi.advanceTimersByTimeAsync(250);
    expect(sockets).toHaveLength(2);
    sockets[1]?.close();
    expect(connection.getState()).toEqual({ kind: 'waiting', attempt: 2 });
    await vi.advanceTimersByTimeAsync(500);
    sockets[2]?.open();
    expect(connection.getState()).toEqual({ kind: 'open' });
  });

  test('a call gives up after its patience', async () => {
    const { connection } = setUp();
    const refused = expect(connection.link()).rejects.toBeInstanceOf(ConnectionLostError);
    await vi.advanceTimersByTimeAsync(1_000);
    await refused;
  });

  test('a person may try at once', () => {
    const { sockets, connection } = setUp();
    sockets[0]?.close();
    connection.retryNow();
    expect(sockets).toHaveLength(2);
  });

  test('without a session it stops knocking and says so', async () => {
    const { sockets, connection } = setUp(true);
    sockets[0]?.close();
    await vi.advanceTimersByTimeAsync(250);
    sockets[1]?.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.getState()).toEqual({ kind: 'refused' });
    expect(sockets).toHaveLength(2);
  });
});
