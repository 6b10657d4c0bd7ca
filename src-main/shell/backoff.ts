/** Waiting times that double, so that something that fails at once does not fail a thousand times a minute. */

export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** @param attempt 1 for the first wait: base, 2 base, 4 base … up to the maximum */
export function backoffMs({ baseMs, maxMs }: Backoff, attempt: number): number {
  // 2^40 is far beyond any maximum and still exact.
  return Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(attempt, 1) - 1, 40));
}
