/** What the system refuses arrives as a typed refusal that says what to do, never as a fault of the program. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toAppError } from './index.ts';

const refused = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return toAppError(error, { file: 'a.json' }).data;
  }
  throw new Error('nothing was refused');
};

test('a file that is none, is a folder, lies in a file, or has an endless name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trugrade-errors-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const cases = [
      [join(folder, 'gone'), 'file.missing', 'check its name and place'],
      [folder, 'file.unreadable', 'name the file itself'],
      [join(file, 'inside'), 'file.missing', 'check its name and place'],
      [join(folder, 'x'.repeat(300)), 'value.invalid', 'give it a shorter name, or a place less deep'],
    ] as const;
    for (const [path, code, next] of cases)
      expect(refused(() => readFileSync(path))).toMatchObject({ code, next, file: 'a.json' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what nobody foresaw is called a fault of the program, with what to do', () => {
  expect(refused(() => JSON.parse('{'))).toMatchObject({
    code: 'internal',
    next: expect.stringContaining('report it'),
  });
});
