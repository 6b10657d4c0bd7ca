/** Keeps the core alive: runs the state machine against a real or fake child, and carries questions to the core. */
import { type CoreMessage, coreMessageSchema, type ShellMessage } from '../contract/process.ts';
import type { Exit } from './crash.ts';
import { coreGone, createRequests, type Outcome } from './requests.ts';
import { processTime, type Time } from './schedule.ts';
import {
  defaultPolicy,
  type Effect,
  initialState,
  type Policy,
  reduce,
  type SupervisorEvent,
  type SupervisorState,
  type Timer,
} from './supervisor-state.ts';

export interface CoreChild {
  /** False when the channel is shut. */
  send(message: ShellMessage): boolean;
  /** At once and for sure. */
  kill(): void;
}

export interface ChildListener {
  /** Anything that came through the channel, unparsed. */
  message(raw: unknown): void;
  /** Once, when the process has ended or could not be made. */
  exited(exit: Exit): void;
}

export type SpawnCore = (listener: ChildListener) => CoreChild;

export interface SupervisorOptions {
  readonly spawn: SpawnCore;
  readonly onState: (state: SupervisorState) => void;
  readonly time?: Time;
  readonly policy?: Policy;
  /** Something odd that changes nothing, e.g. a message that is not one of ours. */
  readonly note?: (text: string) => void;
  /** For answers to questions. */
  readonly answerMs?: number;
}

export interface Supervisor {
  state(): SupervisorState;
  start(): void;
  /** Asks the core to stop, kills it when it does not; resolves when it is gone. */
  stop(): Promise<void>;
  /** The person's wish; also the way out of quarantine. */
  restart(): void;
  /** Hands a chosen file or folder to the core. @returns its upload id */
  registerPath(path: string): Promise<Outcome<string>>;
  /** A fresh one-launch address. */
  launch(): Promise<Outcome<string>>;
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { spawn, onState, time = processTime, policy = defaultPolicy, note = () => {}, answerMs = 15_000 } = options;
  let state = initialState;
  let child: CoreChild | undefined;
  let lastId = 0;
  const nextId = () => ++lastId;
  const timers = new Map<Timer, () => void>();
  const registered = createRequests<string>(time.schedule, answerMs, nextId);
  const launched = createRequests<string>(time.schedule, answerMs, nextId);
  let stopWaiters: (() => void)[] = [];

  const clear = (timer: Timer) => {
    timers.get(timer)?.();
    timers.delete(timer);
  };

  const receive = (run: number, raw: unknown) => {
    const parsed = coreMessageSchema.safeParse(raw);
    if (!parsed.success) return note('the core sent a message that is not in the contract');
    if (run === state.run) take(run, parsed.data);
  };

  const take = (run: number, message: CoreMessage) => {
    const atMs = time.now();
    switch (message.type) {
      case 'ready':
        return dispatch({ type: 'ready', run, url: message.url, atMs });
      case 'failed':
        return dispatch({ type: 'failed', run, error: message.error, atMs });
      case 'heartbeat':
        return dispatch({ type: 'heartbeat', run, atMs });
      case 'launched':
        return launched.answer(message.requestId, { ok: true, value: message.url });
      case 'registered':
        return registered.answer(message.requestId, registeredOutcome(message));
    }
  };

  const startChild = (run: number) => {
    const listener: ChildListener = {
      message: (raw) => receive(run, raw),
      exited: (exit) => dispatch({ type: 'exited', run, exit, atMs: time.now() }),
    };
    try {
      child = spawn(listener);
    } catch (error) {
      child = undefined;
      const spawnError = error instanceof Error ? error.message : String(error);
      listener.exited({ code: null, signal: null, stderr: '', spawnError });
    }
  };

  const perform = (effect: Effect) => {
    switch (effect.type) {
      case 'spawn':
        return startChild(effect.run);
      case 'askToStop':
        return void child?.send({ type: 'stop' });
      case 'kill':
        return child?.kill();
      case 'setTimer': {
        const { timer, ms } = effect;
        clear(timer);
        timers.set(
          timer,
          time.schedule(ms, () => dispatch({ type: 'timer', timer, atMs: time.now() })),
        );
        return;
      }
      case 'clearTimer':
        return clear(effect.timer);
    }
  };

  /** An event that an effect causes waits until the step before it is complete. */
  const queue: SupervisorEvent[] = [];
  let busy = false;
  const dispatch = (event: SupervisorEvent) => {
    queue.push(event);
    if (busy) return;
    busy = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) advance(next);
    } finally {
      busy = false;
    }
  };

  const advance = (event: SupervisorEvent) => {
    const before = state;
    const step = reduce(before, event, policy);
    state = step.state;
    if (before.phase.name === 'running' && state.phase.name !== 'running') {
      registered.dropAll();
      launched.dropAll();
    }
    for (const effect of step.effects) perform(effect);
    if (state.phase.name !== before.phase.name || state.run !== before.run) onState(state);
    if (state.phase.name === 'stopped') for (const resolve of stopWaiters.splice(0)) resolve();
  };

  const ask = (requests: typeof registered, message: (requestId: number) => ShellMessage) =>
    state.phase.name === 'running'
      ? requests.ask((requestId) => child?.send(message(requestId)) ?? false)
      : Promise.resolve({ ok: false, error: coreGone } as const);

  return {
    state: () => state,
    start: () => dispatch({ type: 'start', atMs: time.now() }),
    restart: () => dispatch({ type: 'restart', atMs: time.now() }),
    stop() {
      return new Promise((resolve) => {
        stopWaiters = [...stopWaiters, resolve];
        dispatch({ type: 'stop', atMs: time.now() });
      });
    },
    registerPath: (path) => ask(registered, (requestId) => ({ type: 'registerPath', requestId, path })),
    launch: () => ask(launched, (requestId) => ({ type: 'launch', requestId })),
  };
}

function registeredOutcome({ uploadId, error }: Extract<CoreMessage, { type: 'registered' }>): Outcome<string> {
  if (uploadId !== null) return { ok: true, value: uploadId };
  return { ok: false, error: error ?? coreGone };
}
