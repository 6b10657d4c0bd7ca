/** Stand-ins for time and for the core's process, for the unit tests of the shell. */
import type { CoreMessage, ShellMessage } from '../contract/process.ts';
import type { Exit } from './crash.ts';
import type { Time } from './schedule.ts';
import type { ChildListener, CoreChild, SpawnCore } from './supervisor.ts';

export interface FakeTime extends Time {
  /** Moves on and runs what falls due, in order. */
  pass(ms: number): void;
  /** The machine sleeps: the clock moves on, nothing runs until it wakes. */
  sleep(ms: number): void;
  pending(): number;
}

export function fakeTime(): FakeTime {
  let now = 0;
  let due: { readonly atMs: number; readonly work: () => void }[] = [];
  const pass = (ms: number) => {
    const end = now + ms;
    for (;;) {
      const next = due.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > end) break;
      due = due.filter((other) => other !== next);
      now = Math.max(now, next.atMs);
      next.work();
    }
    now = end;
  };
  return {
    now: () => now,
    schedule(ms, work) {
      const entry = { atMs: now + ms, work };
      due = [...due, entry];
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    pass,
    sleep(ms) {
      now += ms;
      pass(0);
    },
    pending: () => due.length,
  };
}

export interface FakeChild extends CoreChild {
  readonly sent: ShellMessage[];
  readonly kills: () => number;
  say(message: CoreMessage): void;
  sayRaw(raw: unknown): void;
  exit(exit?: Partial<Exit>): void;
}

export function fakeSpawner(): { spawn: SpawnCore; children: FakeChild[]; refuse: (why: string | undefined) => void } {
  const children: FakeChild[] = [];
  let refusal: string | undefined;
  return {
    children,
    refuse(why) {
      refusal = why;
    },
    spawn(listener) {
      if (refusal !== undefined) throw new Error(refusal);
      const child = fakeChild(listener);
      children.push(child);
      return child;
    },
  };
}

function fakeChild(listener: ChildListener): FakeChild {
  const sent: ShellMessage[] = [];
  let kills = 0;
  return {
    sent,
    kills: () => kills,
    send(message) {
      sent.push(message);
      return true;
    },
    kill() {
      kills += 1;
    },
    say: (message) => listener.message(message),
    sayRaw: (raw) => listener.message(raw),
    exit: (exit = {}) => listener.exited({ code: null, signal: null, stderr: '', spawnError: null, ...exit }),
  };
}
