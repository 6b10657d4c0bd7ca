/** Makers of table rows: a figure against its limit, a plain figure, a group that could not run. */
import type { Row } from './types.ts';

export interface Limit {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly digits: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly detail?: string;
  readonly peers?: string;
  readonly note?: string;
}

/** A number as the table shows it; a missing one says so. */
export function show(value: number, digits: number, unit = ''): string {
  return Number.isFinite(value) ? `${value.toFixed(digits)}${unit && ` ${unit}`}` : 'none';
}

/** A figure with its limit: `MISS` when it is beyond it or is not a number. */
export function limited(limit: Limit): Row {
  const { value, atMost, atLeast, unit } = limit;
  const bounds = [
    ...(atMost === undefined ? [] : [`<= ${atMost} ${unit}`]),
    ...(atLeast === undefined ? [] : [`>= ${atLeast} ${unit}`]),
  ];
  const met =
    Number.isFinite(value) && (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
  const judged = atMost !== undefined || atLeast !== undefined;
  return {
    figure: limit.figure,
    ours: `${show(value, limit.digits, unit)}${limit.detail === undefined ? '' : ` (${limit.detail})`}`,
    target: bounds.join('; ').trim(),
    peers: limit.peers ?? '',
    verdict: judged ? (met ? 'pass' : 'MISS') : 'info',
    value: Number.isFinite(value) ? value : null,
    ...(limit.note === undefined ? {} : { note: limit.note }),
  };
}

export function skipped(figure: string, why: string, target = ''): Row {
  return { figure, ours: 'skipped', target, peers: '', verdict: 'skipped', value: null, note: why };
}

export function broken(figure: string, why: string): Row {
  return { figure, ours: 'could not be measured', target: '', peers: '', verdict: 'error', value: null, note: why };
}
