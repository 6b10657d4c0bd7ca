/** Tiles in memory: loaded a few at a time, the latest wanted first; the longest unused go when the budget is full. */

export interface Held<T> {
  readonly value: T;
  readonly bytes: number;
}

export interface TileCacheOptions<T> {
  readonly budgetBytes: number;
  /** At the same time. */
  readonly mostLoads: number;
  readonly load: (key: string, signal: AbortSignal) => Promise<Held<T>>;
  readonly dispose: (value: T) => void;
  /** Something came that was not there before. */
  readonly onLoaded: () => void;
  /** A tile could not be had; it is asked for again when it is wanted after `forgetFailures`. */
  readonly onFailed: (error: unknown) => void;
}

interface Entry<T> extends Held<T> {
  used: number;
}

export class TileCache<T> {
  readonly #options: TileCacheOptions<T>;
  readonly #held = new Map<string, Entry<T>>();
  readonly #loading = new Map<string, AbortController>();
  readonly #failed = new Set<string>();
  #wanted: readonly string[] = [];
  #round = 0;
  #bytes = 0;
  #closed = false;

  constructor(options: TileCacheOptions<T>) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }
  get count(): number {
    return this.#held.size;
  }
  /** Nothing wanted is still on its way. */
  get settled(): boolean {
    return this.#wanted.every((key) => this.#held.has(key) || this.#failed.has(key));
  }

  /** The tile when it is here; looking at it keeps it. */
  get(key: string): T | undefined {
    const entry = this.#held.get(key);
    if (!entry) return undefined;
    entry.used = this.#round;
    return entry.value;
  }

  /** What the view needs now, the most urgent first. Loads that nobody wants any more are given up. */
  want(keys: readonly string[]): void {
    if (this.#closed) return;
    this.#round += 1;
    this.#wanted = [...new Set(keys)];
    const wanted = new Set(this.#wanted);
    for (const key of wanted) this.get(key);
    for (const [key, load] of this.#loading) if (!wanted.has(key)) load.abort();
    this.#evict();
    this.#pump();
  }

  forgetFailures(): void {
    this.#failed.clear();
    this.#pump();
  }

  /** Lets everything go, e.g. when the GPU's memory was lost; values are disposed of unless they are gone already. */
  clear(dispose: boolean): void {
    for (const load of this.#loading.values()) load.abort();
    if (dispose) for (const { value } of this.#held.values()) this.#options.dispose(value);
    this.#held.clear();
    this.#bytes = 0;
  }

  close(): void {
    this.#closed = true;
    this.clear(true);
  }

  #pump(): void {
    for (const key of this.#wanted) {
      if (this.#loading.size >= this.#options.mostLoads) return;
      if (!this.#held.has(key) && !this.#loading.has(key) && !this.#failed.has(key)) void this.#load(key);
    }
  }

  async #load(key: string): Promise<void> {
    const controller = new AbortController();
    this.#loading.set(key, controller);
    try {
      const held = await this.#options.load(key, controller.signal);
      if (controller.signal.aborted || this.#closed) return this.#options.dispose(held.value);
      this.#held.set(key, { ...held, used: this.#round });
      this.#bytes += held.bytes;
      this.#evict();
      this.#options.onLoaded();
    } catch (error) {
      if (controller.signal.aborted || this.#closed) return;
      this.#failed.add(key);
      this.#options.onFailed(error);
    } finally {
      if (this.#loading.get(key) === controller) this.#loading.delete(key);
      if (!this.#closed) this.#pump();
    }
  }

  #evict(): void {
    if (this.#bytes <= this.#options.budgetBytes) return;
    const unused = [...this.#held].filter(([, { used }]) => used < this.#round).sort(([, a], [, b]) => a.used - b.used);
    for (const [key, { value, bytes }] of unused) {
      if (this.#bytes <= this.#options.budgetBytes) return;
      this.#held.delete(key);
      this.#bytes -= bytes;
      this.#options.dispose(value);
    }
  }
}
