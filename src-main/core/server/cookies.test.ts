/** The session cookie: how it is written and which one is read. */
import { expect, test } from 'vitest';
import { cookieName, readCookie, sessionCookie } from './cookies.ts';

test('two ports have two cookies', () => {
  expect(cookieName(1)).not.toBe(cookieName(2));
});

test('a cookie is found by its exact name among others', () => {
  const header = 'a=1; xtrugrade-1=no; trugrade-1=yes=; trugrade-11=no';
  expect(readCookie(header, 'trugrade-1')).toBe('yes=');
  expect(readCookie(header, 'trugrade-2')).toBeUndefined();
  expect(readCookie(undefined, 'trugrade-1')).toBeUndefined();
  expect(readCookie(';;=;trugrade-1', 'trugrade-1')).toBeUndefined();
});

test('the first of two cookies with one name counts', () => {
  expect(readCookie('trugrade-1=first; trugrade-1=second', 'trugrade-1')).toBe('first');
});

test('scripts and other sites do not get the session cookie', () => {
  expect(sessionCookie('n', 'v')).toBe('n=v; HttpOnly; SameSite=Strict; Path=/');
});
