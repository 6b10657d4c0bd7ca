/** What the command line shows while it works, and how it ends. */
import type { AppErrorData } from '../contract/index.ts';

/** Exit codes of the command line. */
export const exit = { done: 0, notGraded: 1, badInput: 2, fault: 3 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Messages. */
  err(text: string): void;
  /** A progress bar on stderr when that is a terminal; nothing otherwise. */
  progress(title: string): { update(fraction: number, what?: string): void; end(): void };
}

const barWidth = 24;

export const terminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  progress(title) {
    const { stderr } = process;
    if (!stderr.isTTY) return { update() {}, end() {} };
    let last = -1;
    return {
      update(fraction, what = '') {
        const percent = Math.round(fraction * 100);
        if (percent === last) return;
        last = percent;
        const done = Math.round(fraction * barWidth);
        const bar = '█'.repeat(done) + '░'.repeat(barWidth - done);
        stderr.write(`\r${title} ${bar} ${String(percent).padStart(3)} % ${what.padEnd(18)}`);
      },
      end: () => void stderr.write('\r\x1b[K'),
    };
  },
};

/** `file: field: what happened; what to do`. */
export function errorText(error: AppErrorData): string {
  const place = [error.file, error.field].filter((part) => part).join(': ');
  return `${place ? `${place}: ` : ''}${error.message}; ${error.next}`;
}

/** Bad input is 2, our own faults are 3. */
export function exitCode(error: AppErrorData): Exit {
  if (error.code.startsWith('card.')) return exit.notGraded;
  return error.code === 'internal' || error.code === 'core.crashed' ? exit.fault : exit.badInput;
}
