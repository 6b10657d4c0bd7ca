/** Time, handed in: production takes the process's, tests their own. */

/** Runs `work` once after `ms`; the answer cancels it. */
export type Schedule = (ms: number, work: () => void) => () => void;

export interface Time {
  /** Monotonic milliseconds: a corrected wall clock neither hurries nor delays anything. */
  readonly now: () => number;
  readonly schedule: Schedule;
}

export const processTime: Time = {
  now: () => performance.now(),
  schedule: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};
