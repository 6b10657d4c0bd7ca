/** Keeps one WebSocket to the core: reconnects with back-off, tells its state, hands out a link when there is one. */
import { RPCLink } from '@orpc/client/websocket';
import { retryDelayMs } from './backoff.ts';

export type ConnectionState =
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'open' }
  | { readonly kind: 'waiting'; readonly attempt: number }
  /** The core answers, but this desk has no session (any more). */
  | { readonly kind: 'refused' };

type Link = RPCLink<Record<never, never>>;

/** Thrown to callers when no connection came about in time, or when it broke under a call. */
export class ConnectionLostError extends Error {
  constructor() {
    super('the connection to the core was lost');
    this.name = 'ConnectionLostError';
  }
}

export interface ConnectionOptions {
  readonly openSocket: () => WebSocket;
  /** Asks by HTTP whether the session still holds: the browser hides the status of a refused WebSocket. */
  readonly sessionRefused: () => Promise<boolean>;
  readonly random: () => number;
  /** How long a call waits for a connection before it fails. */
  readonly patienceMs: number;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listeners = new Set<() => void>();
  #waiters = new Set<{ resolve: (link: Link) => void; reject: (error: Error) => void }>();
  #state: ConnectionState = { kind: 'connecting', attempt: 0 };
  #link: Link | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Opens the first connection; calls made before wait for it. */
  start(): void {
    this.#connect();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): ConnectionState => this.#state;

  /** The link of the open connection; waits for one, rejects with {@link ConnectionLostError} when none comes in time. */
  link(): Promise<Link> {
    if (this.#link) return Promise.resolve(this.#link);
    return new Promise((resolve, reject) => {
      const waiter = {
        resolve: (link: Link) => {
          clearTimeout(deadline);
          resolve(link);
        },
        reject: (error: Error) => {
          clearTimeout(deadline);
          reject(error);
        },
      };
      const deadline = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new ConnectionLostError());
      }, this.#options.patienceMs);
      this.#waiters.add(waiter);
    });
  }

  /** Resolves as soon as the connection is open, however long that takes. */
  async untilOpen(signal: AbortSignal): Promise<void> {
    while (this.#state.kind !== 'open' && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          stop();
          signal.removeEventListener('abort', done);
          resolve();
        };
        const stop = this.subscribe(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
  }

  /** Does not wait for the rest of the back-off. */
  readonly retryNow = (): void => {
    if (this.#state.kind === 'open' || this.#state.kind === 'connecting') return;
    clearTimeout(this.#timer);
    this.#connect();
  };

  #connect(): void {
    this.#set({ kind: 'connecting', attempt: this.#failures });
    const socket = this.#options.openSocket();
    const link: Link = new RPCLink({ websocket: socket });
    socket.addEventListener('open', () => {
      this.#failures = 0;
      this.#link = link;
      this.#set({ kind: 'open' });
      const waiters = this.#waiters;
      this.#waiters = new Set();
      for (const waiter of waiters) waiter.resolve(link);
    });
    socket.addEventListener('close', () => this.#closed());
  }

  #closed(): void {
    this.#link = null;
    this.#failures += 1;
    this.#set({ kind: 'waiting', attempt: this.#failures });
    this.#timer = setTimeout(() => this.#connect(), retryDelayMs(this.#failures, this.#options.random));
    if (this.#failures > 1) void this.#lookForRefusal();
  }

  async #lookForRefusal(): Promise<void> {
    const refused = await this.#options.sessionRefused();
    if (!refused || this.#state.kind === 'open') return;
    clearTimeout(this.#timer);
    this.#set({ kind: 'refused' });
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const waiter of waiters) waiter.reject(new ConnectionLostError());
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
