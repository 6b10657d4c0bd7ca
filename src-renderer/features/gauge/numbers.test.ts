/** What people type into a plan. */
import { expect, test } from 'vitest';
import { lines, positive, typed } from './numbers.ts';

test('numbers with either decimal sign, nothing, and nonsense are told apart', () => {
  expect(['0.3', '0,3', ' 12 ', ''].map(positive)).toEqual([0.3, 0.3, 12, null]);
  expect(['0', '-1', 'x', '1e999', '1.2.3'].map(positive)).toEqual(Array(5).fill(undefined));
  expect(['-4', '0', '', '0x1'].map(typed)).toEqual([-4, 0, null, undefined]);
});

test('empty lines are no names', () => {
  expect(lines(' Card 1 \n\n\tCard 2\n')).toEqual(['Card 1', 'Card 2']);
});
