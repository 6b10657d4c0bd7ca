/** Rows in sight of a long list. */
import { expect, test } from 'vitest';
import { rowsInSight } from './window.ts';

test('only the rows in sight and a few spare exist', () => {
  expect(rowsInSight(0, 680, 68, 10_000)).toEqual({ first: 0, end: 18 });
  expect(rowsInSight(68_000, 680, 68, 10_000)).toEqual({ first: 992, end: 1018 });
});

test('at the end and in a list that has become shorter nothing beyond it is asked for', () => {
  expect(rowsInSight(679_320, 680, 68, 10_000).end).toBe(10_000);
  expect(rowsInSight(5_000, 680, 68, 3)).toEqual({ first: 3, end: 3 });
});
