/** When a check of the check standard holds, and when it is due again. */
import { expect, test } from 'vitest';
import { checkOf } from './index.ts';

const record = { createdAt: '2026-11-20T06:00:00.000Z' };
const rule = { driftCheckHours: 24, driftCheckPolicy: 'warn' as const };
const at = (time: string) => new Date(`2026-11-${time}:00.000Z`);
const looked = (time: string, status: 'ok' | 'warning' | 'failed') => ({ time: at(time).toISOString(), status });

test('the proof of a new calibration is its first check, and holds for the hours of the settings', () => {
  expect(checkOf(record, [], rule, at('21T05:59'))).toMatchObject({ at: record.createdAt, due: false });
  expect(checkOf(record, [], rule, at('21T06:01'))).toMatchObject({ due: true, hours: 24, required: false });
  expect(checkOf(record, [], { ...rule, driftCheckHours: 48 }, at('21T06:01')).due).toBe(false);
  expect(checkOf(record, [], { ...rule, driftCheckPolicy: 'require' }, at('21T06:01')).required).toBe(true);
});

test('the newest check that went well counts, a failed one does not', () => {
  const checks = [looked('21T07:00', 'ok'), looked('22T07:00', 'warning'), looked('23T07:00', 'failed')];
  const now = checkOf(record, checks, rule, at('23T07:01'));
  expect(now).toMatchObject({ at: '2026-11-22T07:00:00.000Z', due: true });
  expect(checkOf(record, checks.slice(0, 2), rule, at('23T06:59')).due).toBe(false);
});
