/** Published gauge studies come out to the digit: every number of the golden file, from its CSV. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareGolden, differs } from '../../../tests/support/msa-golden.ts';

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'msa');
/** SS of the golden file are differences of large sums, so its last digits are its own rounding. */
const tolerance = 1e-9;

test.runIf(existsSync(folder))('every number of the golden file is reproduced from its CSV', () => {
  const all = compareGolden(folder);
  const wrong = all.filter((each) => differs(each) > tolerance);
  expect(wrong).toEqual([]);
  expect(all.length).toBeGreaterThan(500);
});
