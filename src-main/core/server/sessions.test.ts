/** Life of launch tokens and sessions on an injected clock. */
import { expect, test } from 'vitest';
import { createSessions, launchTokenLifetimeMs, sessionLifetimeMs } from './sessions.ts';

function create() {
  const clock = { ms: 1_000_000 };
  return { clock, sessions: createSessions({ clock: { now: () => new Date(clock.ms), monotonicMs: () => clock.ms } }) };
}

test('a token opens one session with its role and its actor', () => {
  const { sessions } = create();
  const { token } = sessions.launchToken('annotator', 'Kim');
  const cookie = sessions.exchange(token);
  expect(sessions.find(cookie)).toMatchObject({ role: 'annotator', actor: 'Kim' });
  expect(sessions.exchange(token)).toBeUndefined();
});

test('the id of a session tells nothing of its cookie', () => {
  const { sessions } = create();
  const cookie = sessions.exchange(sessions.launchToken('operator').token) ?? '';
  const caller = sessions.find(cookie);
  expect(caller?.sessionId).toMatch(/^[0-9a-f]{16}$/);
  expect(cookie).not.toContain(caller?.sessionId);
  expect(sessions.find(caller?.sessionId)).toBeUndefined();
});

test('a token says when it ends, and then it does', () => {
  const { clock, sessions } = create();
  const { token, expiresAt } = sessions.launchToken('operator');
  expect(Date.parse(expiresAt)).toBe(clock.ms + launchTokenLifetimeMs);
  clock.ms += launchTokenLifetimeMs;
  expect(sessions.exchange(token)).toBeUndefined();
});

test('use renews a session; disuse ends it', () => {
  const { clock, sessions } = create();
  const cookie = sessions.exchange(sessions.launchToken('operator').token);
  for (let hour = 0; hour < 100; hour++) {
    clock.ms += sessionLifetimeMs - 1;
    expect(sessions.find(cookie)).toBeDefined();
  }
  clock.ms += sessionLifetimeMs;
  expect(sessions.find(cookie)).toBeUndefined();
});

test('an ended session and a token are not exchanged for each other', () => {
  const { sessions } = create();
  const { token } = sessions.launchToken('operator');
  expect(sessions.find(token)).toBeUndefined();
  const cookie = sessions.exchange(token) ?? '';
  expect(sessions.exchange(cookie)).toBeUndefined();
});

test('unused tokens are bounded: the oldest goes', () => {
  const { sessions } = create();
  const first = sessions.launchToken('operator').token;
  const others = Array.from({ length: 200 }, () => sessions.launchToken('operator').token);
  expect(sessions.exchange(first)).toBeUndefined();
  expect(sessions.exchange(others[0] ?? '')).toBeDefined();
});
