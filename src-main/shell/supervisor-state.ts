/** The life of the core as a pure state machine: events in, next state and effects out. */
import type { AppErrorData } from '../contract/errors.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { type Crash, type CrashReason, type Exit, exitDetail, exitReason } from './crash.ts';

export interface Policy {
  /** From the start to `ready`; a big database may need to be migrated within it. */
  readonly readyMs: number;
  /** Without a heartbeat for so long, the core hangs. */
  readonly silenceMs: number;
  /** How often silence is looked at. */
  readonly checkMs: number;
  /** From `stop` to the kill. */
  readonly stopMs: number;
  /** From the kill to giving the process up: it sits in an uninterruptible call of the system. */
  readonly killMs: number;
  readonly backoff: Backoff;
  /** So many crashes within so long end in quarantine; a run this long without a crash starts the back-off afresh. */
  readonly mostCrashes: number;
  readonly windowMs: number;
}

export const defaultPolicy: Policy = {
  readyMs: 60_000,
  silenceMs: 5_000,
  checkMs: 1_000,
  stopMs: 8_000,
  killMs: 5_000,
  backoff: { baseMs: 500, maxMs: 30_000 },
  mostCrashes: 3,
  windowMs: 300_000,
};

/** How long nothing was heard, counted in looks: a look that comes late (sleep, a blocked shell) counts as a short one. */
interface Silence {
  readonly silentMs: number;
  readonly lookedMs: number;
}

export type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly silence: Silence; readonly failure: AppErrorData | null }
  | { readonly name: 'running'; readonly silence: Silence; readonly url: string; readonly sinceMs: number }
  /** Killed by us for this reason; its end is awaited. */
  | { readonly name: 'killing'; readonly reason: 'hung' | 'neverReady'; readonly stable: boolean }
  | { readonly name: 'waiting'; readonly delayMs: number }
  | { readonly name: 'quarantined' }
  | { readonly name: 'stopping'; readonly next: 'stopped' | 'start'; readonly killed: boolean }
  | { readonly name: 'stopped' };

export interface SupervisorState {
  readonly phase: Phase;
  /** Number of the latest child; what earlier ones still say is not listened to. */
  readonly run: number;
  /** Those within the window, latest last. */
  readonly crashes: readonly Crash[];
  /** Restarts in a row without a stable run between them. */
  readonly attempts: number;
}

export type Timer = 'check' | 'backoff' | 'deadline';

export type SupervisorEvent =
  | { readonly type: 'start' | 'stop' | 'restart'; readonly atMs: number }
  | { readonly type: 'ready'; readonly run: number; readonly url: string; readonly atMs: number }
  | { readonly type: 'failed'; readonly run: number; readonly error: AppErrorData; readonly atMs: number }
  | { readonly type: 'heartbeat'; readonly run: number; readonly atMs: number }
  | { readonly type: 'exited'; readonly run: number; readonly exit: Exit; readonly atMs: number }
  | { readonly type: 'timer'; readonly timer: Timer; readonly atMs: number };

export type Effect =
  | { readonly type: 'spawn'; readonly run: number }
  | { readonly type: 'askToStop' }
  | { readonly type: 'kill' }
  | { readonly type: 'setTimer'; readonly timer: Timer; readonly ms: number }
  | { readonly type: 'clearTimer'; readonly timer: Timer };

export interface Step {
  readonly state: SupervisorState;
  readonly effects: readonly Effect[];
}

export const initialState: SupervisorState = { phase: { name: 'idle' }, run: 0, crashes: [], attempts: 0 };

const setTimer = (timer: Timer, ms: number): Effect => ({ type: 'setTimer', timer, ms });
const clearTimer = (timer: Timer): Effect => ({ type: 'clearTimer', timer });
const to = (state: SupervisorState, phase: Phase, ...effects: Effect[]): Step => ({
  state: { ...state, phase },
  effects,
});
const stay = (state: SupervisorState): Step => ({ state, effects: [] });

/** One step of the machine. */
export function reduce(state: SupervisorState, event: SupervisorEvent, policy: Policy): Step {
  if ('run' in event && event.run !== state.run) return stay(state);
  switch (event.type) {
    case 'start':
      return start(state, event.atMs, policy);
    case 'stop':
      return stop(state, policy);
    case 'restart':
      return restart(state, event.atMs, policy);
    case 'ready':
      return ready(state, event.url, event.atMs);
    case 'failed':
      return failed(state, event.error);
    case 'heartbeat':
      return heard(state, event.atMs);
    case 'exited':
      return exited(state, event.exit, event.atMs, policy);
    case 'timer':
      return timer(state, event.timer, event.atMs, policy);
  }
}

function spawn(state: SupervisorState, atMs: number, policy: Policy): Step {
  const run = state.run + 1;
  const phase: Phase = { name: 'starting', silence: { silentMs: 0, lookedMs: atMs }, failure: null };
  return to({ ...state, run }, phase, { type: 'spawn', run }, setTimer('check', policy.checkMs));
}

function start(state: SupervisorState, atMs: number, policy: Policy): Step {
  const { name } = state.phase;
  return name === 'idle' || name === 'stopped' ? spawn(state, atMs, policy) : stay(state);
}

/** The person asks for a fresh core: old crashes are forgiven. */
function restart(before: SupervisorState, atMs: number, policy: Policy): Step {
  const state = { ...before, crashes: [], attempts: 0 };
  switch (state.phase.name) {
    case 'idle':
    case 'stopped':
    case 'quarantined':
      return spawn(state, atMs, policy);
    case 'waiting': {
      const step = spawn(state, atMs, policy);
      return { ...step, effects: [clearTimer('backoff'), ...step.effects] };
    }
    case 'starting':
    case 'running':
      return askToStop(state, 'start', policy);
    case 'killing':
      return to(state, { name: 'stopping', next: 'start', killed: true });
    case 'stopping':
      return stay(before);
  }
}

function askToStop(state: SupervisorState, next: 'stopped' | 'start', policy: Policy): Step {
  const phase: Phase = { name: 'stopping', next, killed: false };
  return to(state, phase, clearTimer('check'), { type: 'askToStop' }, setTimer('deadline', policy.stopMs));
}

function stop(state: SupervisorState, policy: Policy): Step {
  switch (state.phase.name) {
    case 'starting':
    case 'running':
      return askToStop(state, 'stopped', policy);
    case 'killing':
      return to(state, { name: 'stopping', next: 'stopped', killed: true });
    case 'stopping':
      return to(state, { ...state.phase, next: 'stopped' });
    case 'waiting':
      return to(state, { name: 'stopped' }, clearTimer('backoff'));
    case 'idle':
    case 'quarantined':
      return to(state, { name: 'stopped' });
    case 'stopped':
      return stay(state);
  }
}

function ready(state: SupervisorState, url: string, atMs: number): Step {
  if (state.phase.name !== 'starting') return stay(state);
  return to(state, { name: 'running', url, sinceMs: atMs, silence: { silentMs: 0, lookedMs: atMs } });
}

function failed(state: SupervisorState, error: AppErrorData): Step {
  return state.phase.name === 'starting' ? to(state, { ...state.phase, failure: error }) : stay(state);
}

/** Only a served core proves itself by beats: before that, the deadline of the start counts, beats or not. */
function heard(state: SupervisorState, atMs: number): Step {
  if (state.phase.name !== 'running') return stay(state);
  return to(state, { ...state.phase, silence: { silentMs: 0, lookedMs: atMs } });
}

function exited(state: SupervisorState, exit: Exit, atMs: number, policy: Policy): Step {
  const { phase } = state;
  switch (phase.name) {
    case 'starting':
      return crashed(state, crashOf(exitReason(exit, false, phase.failure), exit, phase.failure, atMs), false, policy);
    case 'running':
      return crashed(
        state,
        crashOf(exitReason(exit, true, null), exit, null, atMs),
        isStable(phase.sinceMs, atMs, policy),
        policy,
      );
    case 'killing':
      return crashed(state, crashOf(phase.reason, exit, null, atMs), phase.stable, policy);
    case 'stopping':
      return ended(state, phase.next, atMs, policy);
    case 'idle':
    case 'waiting':
    case 'quarantined':
    case 'stopped':
      return stay(state);
  }
}

const isStable = (sinceMs: number, atMs: number, policy: Policy): boolean => atMs - sinceMs >= policy.windowMs;

function crashOf(reason: CrashReason, exit: Exit, error: AppErrorData | null, atMs: number): Crash {
  return { reason, atMs, code: exit.code, signal: exit.signal, detail: exitDetail(exit), error };
}

/** Waits and starts again, or gives up when that has been done often enough. */
function crashed(before: SupervisorState, crash: Crash, stable: boolean, policy: Policy): Step {
  const recent = before.crashes.filter(({ atMs }) => crash.atMs - atMs < policy.windowMs);
  const state = { ...before, crashes: [...recent, crash], attempts: stable ? 1 : before.attempts + 1 };
  const clear = [clearTimer('check'), clearTimer('deadline')];
  if (state.crashes.length >= policy.mostCrashes) return to(state, { name: 'quarantined' }, ...clear);
  const delayMs = backoffMs(policy.backoff, state.attempts);
  return to(state, { name: 'waiting', delayMs }, ...clear, setTimer('backoff', delayMs));
}

function ended(state: SupervisorState, next: 'stopped' | 'start', atMs: number, policy: Policy): Step {
  const step = next === 'start' ? spawn(state, atMs, policy) : to(state, { name: 'stopped' });
  return { ...step, effects: [clearTimer('deadline'), ...step.effects] };
}

function timer(state: SupervisorState, which: Timer, atMs: number, policy: Policy): Step {
  const { phase } = state;
  switch (which) {
    case 'check':
      return phase.name === 'starting' || phase.name === 'running' ? look(state, phase, atMs, policy) : stay(state);
    case 'backoff':
      return phase.name === 'waiting' ? spawn(state, atMs, policy) : stay(state);
    case 'deadline':
      return deadline(state, atMs, policy);
  }
}

function look(
  state: SupervisorState,
  phase: Extract<Phase, { name: 'starting' | 'running' }>,
  atMs: number,
  policy: Policy,
): Step {
  // After the machine slept, or while a modal dialog blocked the shell, the beats sent meanwhile are still to be read.
  const passedMs = Math.min(atMs - phase.silence.lookedMs, 2 * policy.checkMs);
  const silence: Silence = { silentMs: phase.silence.silentMs + passedMs, lookedMs: atMs };
  if (silence.silentMs < (phase.name === 'running' ? policy.silenceMs : policy.readyMs))
    return to(state, { ...phase, silence }, setTimer('check', policy.checkMs));
  const killing: Phase =
    phase.name === 'running'
      ? { name: 'killing', reason: 'hung', stable: isStable(phase.sinceMs, atMs, policy) }
      : { name: 'killing', reason: 'neverReady', stable: false };
  return to(state, killing, { type: 'kill' }, setTimer('deadline', policy.killMs));
}

const lost: Exit = { code: null, signal: null, stderr: '', spawnError: null };

function deadline(state: SupervisorState, atMs: number, policy: Policy): Step {
  const { phase } = state;
  if (phase.name === 'killing') return crashed(state, crashOf(phase.reason, lost, null, atMs), phase.stable, policy);
  if (phase.name !== 'stopping') return stay(state);
  if (phase.killed) return ended(state, phase.next, atMs, policy);
  return to(state, { ...phase, killed: true }, { type: 'kill' }, setTimer('deadline', policy.killMs));
}
