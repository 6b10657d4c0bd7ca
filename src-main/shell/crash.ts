/** Why the core ended: one typed reason out of exit code, signal, last words and the core's own account. */
import type { AppErrorData } from '../contract/errors.ts';

export const crashReasons = ['exited', 'crashed', 'outOfMemory', 'hung', 'startFailed', 'neverReady'] as const;
export type CrashReason = (typeof crashReasons)[number];

/** How a child process ended, as the system tells it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
  /** The process could not even be made: the system's own words. */
  readonly spawnError: string | null;
}

export interface Crash {
  readonly reason: CrashReason;
  /** Monotonic. */
  readonly atMs: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** The last line of stderr, or what could not be started; may be empty. */
  readonly detail: string;
  /** What the core said of it before it ended. */
  readonly error: AppErrorData | null;
}

/** V8 ("JavaScript heap out of memory"), Rust ("memory allocation of 12 bytes failed"), C++ and Node's own buffers. */
const memoryWords =
  /heap out of memory|process out of memory|memory allocation of \d+ bytes failed|bad_alloc|Array buffer allocation failed/i;
/** STATUS_NO_MEMORY and STATUS_COMMITMENT_LIMIT of Windows. */
const memoryCodes = new Set([0xc0000017, 0xc000012d]);
/** A shell's 128 + SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV; Node itself ends with 134 on Windows when it aborts. */
const signalCodes = new Set([132, 133, 134, 135, 136, 137, 139]);
/** Windows ends a process that crashed with an NTSTATUS of severity "error": 0xC0000005 is an access violation. */
const firstNtError = 0xc0000000;

function wasOutOfMemory({ code, stderr }: Exit): boolean {
  return memoryWords.test(stderr) || (code !== null && memoryCodes.has(code >>> 0));
}

function wasCrash({ code, signal }: Exit): boolean {
  if (signal !== null) return true;
  return code !== null && (signalCodes.has(code) || code >>> 0 >= firstNtError);
}

/**
 * @param ready whether it had served before; an orderly exit before that is a failed start
 * @param failure what the core said before it ended
 */
export function exitReason(exit: Exit, ready: boolean, failure: AppErrorData | null): CrashReason {
  if (exit.spawnError !== null || failure !== null) return 'startFailed';
  if (wasOutOfMemory(exit)) return 'outOfMemory';
  if (wasCrash(exit)) return 'crashed';
  return ready ? 'exited' : 'startFailed';
}

/** One line for a person: the error thrown, else the last line written. */
export function exitDetail({ spawnError, stderr }: Exit): string {
  if (spawnError !== null) return spawnError;
  const lines = stderr.split(/\r?\n/).map((line) => line.trim());
  const told = lines.findLast(
    (line) => /^(\w*Error|FATAL|fatal|thread '.*' .*panicked)/.test(line) || memoryWords.test(line),
  );
  return (told ?? lines.findLast((line) => line !== '') ?? '').slice(0, 300);
}
