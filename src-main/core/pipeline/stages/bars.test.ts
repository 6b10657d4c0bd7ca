import { expect, test } from 'vitest';
import type { Side } from '../../../contract/index.ts';
import { sides } from '../../../contract/index.ts';
import { barsCheck } from './bars.ts';

const measured = (...names: readonly Side[]) => {
  const status = (side: Side) => ({ measured: names.includes(side) });
  return { left: status('left'), right: status('right'), top: status('top'), bottom: status('bottom') };
};

test('two opposite sides alone may be bars of a borderless design', () => {
  expect(barsCheck(measured('top', 'bottom'))).toMatchObject({ status: 'warning', name: 'bars' });
  expect(barsCheck(measured('left', 'right'))?.message).toContain('left and right');
});

test('any other sides are borders', () => {
  expect(barsCheck(measured())).toBeNull();
  expect(barsCheck(measured(...sides))).toBeNull();
  expect(barsCheck(measured('top'))).toBeNull();
  expect(barsCheck(measured('top', 'left'))).toBeNull();
  expect(barsCheck(measured('top', 'bottom', 'left'))).toBeNull();
});
