/** Properties of the state machine that hold for every sequence of events. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  defaultPolicy,
  type Effect,
  initialState,
  reduce,
  type SupervisorEvent,
  type Timer,
} from './supervisor-state.ts';

type Act = SupervisorEvent['type'];
const acts: readonly Act[] = ['start', 'stop', 'restart', 'ready', 'failed', 'heartbeat', 'exited', 'timer'];

/** A world that knows which children live and which timers run, as the driver would. */
function replay(steps: readonly { act: Act; timer: Timer; passMs: number; code: number }[]) {
  let state = initialState;
  let atMs = 0;
  const alive = new Set<number>();
  const timers = new Set<Timer>();
  const seen: { phase: string; alive: number; timers: Timer[]; spawned: number }[] = [];
  let spawned = 0;
  const perform = (effect: Effect) => {
    if (effect.type === 'spawn') {
      spawned += 1;
      alive.add(effect.run);
    } else if (effect.type === 'setTimer') timers.add(effect.timer);
    else if (effect.type === 'clearTimer') timers.delete(effect.timer);
  };
  for (const { act, timer, passMs, code } of steps) {
    atMs += passMs;
    const { run } = state;
    if (act === 'timer' && !timers.delete(timer)) continue;
    if (act === 'exited' && !alive.delete(run)) continue;
    const event = eventOf(act, { run, atMs, timer, code });
    const step = reduce(state, event, defaultPolicy);
    state = step.state;
    for (const effect of step.effects) perform(effect);
    seen.push({ phase: state.phase.name, alive: alive.has(state.run) ? 1 : 0, timers: [...timers], spawned });
  }
  return seen;
}

function eventOf(type: Act, values: { run: number; atMs: number; timer: Timer; code: number }): SupervisorEvent {
  const { run, atMs, timer, code } = values;
  switch (type) {
    case 'start':
    case 'stop':
    case 'restart':
      return { type, atMs };
    case 'ready':
      return { type, run, url: 'http://127.0.0.1:1/', atMs };
    case 'failed':
      return { type, run, error: { code: 'internal', message: 'm', next: 'n' }, atMs };
    case 'heartbeat':
      return { type, run, atMs };
    case 'exited':
      return { type, run, exit: { code, signal: null, stderr: '', spawnError: null }, atMs };
    case 'timer':
      return { type, timer, atMs };
  }
}

const steps = fc.array(
  fc.record({
    act: fc.constantFrom(...acts),
    timer: fc.constantFrom<Timer>('check', 'backoff', 'deadline'),
    passMs: fc.integer({ min: 0, max: 400_000 }),
    code: fc.integer({ min: 0, max: 255 }),
  }),
  { minLength: 1, maxLength: 80 },
);

/** Thousands of runs on a machine that has other work: a limit against hanging, not a measure of speed. */
const propertyMs = 60_000;

/** Which timer keeps each phase from lasting for ever; none for those that wait for the person. */
const keeper: Readonly<Record<string, Timer | undefined>> = {
  starting: 'check',
  running: 'check',
  killing: 'deadline',
  stopping: 'deadline',
  waiting: 'backoff',
};

test(
  'after every event just the timer that belongs to the phase runs: nothing waits for ever, nothing fires astray',
  () => {
    fc.assert(
      fc.property(steps, (list) => {
        const astray = replay(list).find(({ phase, timers }) => timers.join() !== (keeper[phase] ?? ''));
        expect(astray).toBeUndefined();
      }),
      { numRuns: 2000, seed: 24 },
    );
  },
  propertyMs,
);

test(
  'a core lives in the phases that speak of one, and in no other',
  () => {
    const withCore = new Set(['starting', 'running', 'killing', 'stopping']);
    fc.assert(
      fc.property(steps, (list) => {
        expect(replay(list).find(({ phase, alive }) => withCore.has(phase) && alive !== 1)).toBeUndefined();
      }),
      { numRuns: 2000, seed: 25 },
    );
  },
  propertyMs,
);

test('an event of an earlier child changes nothing', () => {
  const started = reduce(initialState, { type: 'start', atMs: 0 }, defaultPolicy).state;
  for (const type of ['ready', 'failed', 'heartbeat', 'exited'] as const) {
    const event = eventOf(type, { run: started.run - 1, atMs: 5, timer: 'check', code: 1 });
    expect(reduce(started, event, defaultPolicy)).toEqual({ state: started, effects: [] });
  }
});
