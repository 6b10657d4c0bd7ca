/** How often the page itself may fail before the window stops reloading it. */
import { type Backoff, backoffMs } from './backoff.ts';

export interface PageCrashes {
  /** @returns how long to wait before the page is loaded again, or undefined when it has failed too often */
  failed(): number | undefined;
}

const backoff: Backoff = { baseMs: 500, maxMs: 8_000 };
const windowMs = 300_000;
const most = 5;

export function countPageCrashes(now: () => number): PageCrashes {
  let times: readonly number[] = [];
  return {
    failed() {
      const atMs = now();
      times = [...times.filter((time) => atMs - time < windowMs), atMs];
      return times.length > most ? undefined : backoffMs(backoff, times.length);
    },
  };
}
