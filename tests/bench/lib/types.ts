/** What every figure group returns: rows of one table. */
import type { Tools } from './tools.ts';

/** `info` has no target; `skipped` says why in its note; `error` means that the measuring itself broke. */
export type Verdict = 'pass' | 'MISS' | 'info' | 'skipped' | 'error';

export interface Row {
  readonly figure: string;
  readonly ours: string;
  readonly target: string;
  readonly peers: string;
  readonly verdict: Verdict;
  /** The bare number behind `ours`, null where there is none. */
  readonly value: number | null;
  /** Printed under the row. */
  readonly note?: string;
}

export interface Context {
  /** A few minutes in all instead of every repetition. */
  readonly quick: boolean;
  /** Empty folder of this run, removed at its end. */
  readonly temp: string;
  /** `../shared/data`, if it is here. */
  readonly data: string | undefined;
  /** Python of `.venv-bench` with the peers, if it was made. */
  readonly python: string | undefined;
  readonly tools: Tools;
  /** Progress, on stderr. */
  readonly say: (text: string) => void;
}

export interface Group {
  readonly name: string;
  run(context: Context): Promise<readonly Row[]>;
}

export const peersMissing = 'not installed (npm run bench -- --peers)';
