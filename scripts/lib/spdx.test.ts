/** Licence expressions as packages really write them. */
import { expect, test } from 'vitest';
import { choose } from './spdx.mjs';

test.each([
  ['MIT', 'MIT'],
  ['(MIT OR CC0-1.0)', 'MIT'],
  ['GPL-2.0-only OR MIT', 'MIT'],
  ['MIT/Apache-2.0', 'MIT'],
  ['Unlicense OR MIT', 'Unlicense'],
  ['(MIT OR Apache-2.0) AND Unicode-3.0', 'MIT AND Unicode-3.0'],
  ['Zlib OR Apache-2.0 OR MIT', 'Zlib'],
  ['Apache-2.0 WITH LLVM-exception OR GPL-3.0', 'Apache-2.0 WITH LLVM-exception'],
  ['(MIT AND BSD-3-Clause)', 'MIT AND BSD-3-Clause'],
  ['LGPL-3.0 OR (MIT AND (ISC OR AGPL-3.0))', 'MIT AND ISC'],
])('%s is used under %s', (expression, chosen) => expect(choose(expression)).toBe(chosen));

test.each([
  'GPL-3.0-only',
  'AGPL-3.0',
  'LGPL-2.1-or-later',
  'MIT AND GPL-2.0',
  'GPL-2.0 WITH Classpath-exception-2.0',
  'SEE LICENSE IN LICENSE.txt',
  'UNLICENSED',
  'MIT OR',
  '(MIT',
  'MIT)',
  'MIT Apache-2.0',
  '',
  ' ',
  undefined,
])('%s is refused', (expression) => expect(choose(expression)).toBeUndefined());
