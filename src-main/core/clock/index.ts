/** Time as something given: the wall clock for people, the monotonic one for durations and deadlines. */

export interface Clock {
  /** Wall-clock time. It may jump either way, so nothing is ever ordered by it. */
  now(): Date;
  /** Milliseconds since an arbitrary start; never falls. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Passes time on both clocks. */
  advance(ms: number): void;
  /** Sets the wall clock alone, as a person or a time server does. */
  setWall(time: Date): void;
}

export function manualClock(start: Date): ManualClock {
  let wallMs = start.getTime();
  let monotonic = 0;
  return {
    now: () => new Date(wallMs),
    monotonicMs: () => monotonic,
    advance(ms) {
      wallMs += ms;
      monotonic += Math.max(0, ms);
    },
    setWall(time) {
      wallMs = time.getTime();
    },
  };
}
