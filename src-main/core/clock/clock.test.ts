/** The settable clock behaves as the two real ones do. */
import { expect, test } from 'vitest';
import { manualClock, systemClock } from './index.ts';

test('a wall clock set back leaves the monotonic clock alone', () => {
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  clock.advance(250);
  clock.setWall(new Date('2026-03-01T11:00:00Z'));
  expect(clock.now().toISOString()).toBe('2026-03-01T11:00:00.000Z');
  expect(clock.monotonicMs()).toBe(250);
});

test('the system clock tells the time and its monotonic side never falls', () => {
  const before = systemClock.monotonicMs();
  expect(Math.abs(systemClock.now().getTime() - Date.now())).toBeLessThan(1000);
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
});
