/** Questions to the core that wait for their answer; each ends, with an answer or a typed error. */
import type { AppErrorData } from '../contract/errors.ts';
import type { Schedule } from './schedule.ts';

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: AppErrorData };

export const coreGone: AppErrorData = {
  code: 'core.crashed',
  message: 'the measuring core is not running',
  next: 'wait until it has started again and repeat what you did',
};

export const noAnswer: AppErrorData = {
  code: 'core.crashed',
  message: 'the measuring core did not answer in time',
  next: 'try again; if it stays so, restart the core from the menu',
};

export interface Requests<T> {
  /** @param send gives the request its number and says whether it could be sent */
  ask(send: (requestId: number) => boolean): Promise<Outcome<T>>;
  /** Late and unknown answers are dropped. */
  answer(requestId: number, outcome: Outcome<T>): void;
  /** The core died: nobody will answer. */
  dropAll(): void;
}

/** @param nextId a number not used before, by any table of the same core */
export function createRequests<T>(schedule: Schedule, timeoutMs: number, nextId: () => number): Requests<T> {
  const open = new Map<number, (outcome: Outcome<T>) => void>();
  const close = (requestId: number, outcome: Outcome<T>) => {
    open.get(requestId)?.(outcome);
    open.delete(requestId);
  };
  return {
    ask(send) {
      const requestId = nextId();
      return new Promise((resolve) => {
        const cancel = schedule(timeoutMs, () => close(requestId, { ok: false, error: noAnswer }));
        open.set(requestId, (outcome) => {
          cancel();
          resolve(outcome);
        });
        if (!send(requestId)) close(requestId, { ok: false, error: coreGone });
      });
    },
    answer: close,
    dropAll() {
      for (const requestId of [...open.keys()]) close(requestId, { ok: false, error: coreGone });
    },
  };
}
