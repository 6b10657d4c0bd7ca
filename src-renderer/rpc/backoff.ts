/** How long to wait before the next attempt to reach the core. */

const firstMs = 250;
const longestMs = 5_000;

/**
 * Exponential back-off with jitter: 250 ms doubling up to 5 s, spread by ±20 % so that several desks do not knock
 * at a restarted core in the same instant.
 *
 * @param attempt failed attempts so far, from 1
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(attempt: number, random: () => number): number {
  const base = Math.min(longestMs, firstMs * 2 ** Math.max(0, attempt - 1));
  return Math.round(base * (0.8 + 0.4 * random()));
}
