/** The fuses that are set and the fuses that are read back are the same ones. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wanted } from './fuses.mjs';
import { at } from './paths.mjs';

test('electron-builder.yml sets just the fuses that are read back', () => {
  const block =
    /^electronFuses:\n((?: {2}\w+: \w+\n)+)/m.exec(readFileSync(at('electron-builder.yml'), 'utf8'))?.[1] ?? '';
  const set = [...block.matchAll(/^ {2}(\w)(\w+): (true|false)$/gm)].map(([, first = '', rest = '', on]) => [
    first.toUpperCase() + rest,
    on === 'true',
  ]);
  expect(Object.fromEntries(set)).toEqual(wanted);
});
