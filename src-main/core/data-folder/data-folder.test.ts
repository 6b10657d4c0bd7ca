/** Where data is kept, per system. */
import { expect, test } from 'vitest';
import { defaultDataFolder } from './index.ts';

test.each([
  [{ TRUGRADE_DATA: '/d', XDG_DATA_HOME: '/x' }, 'linux', '/d'],
  [{ XDG_DATA_HOME: '/x' }, 'linux', '/x/trugrade'],
  [{}, 'linux', '/home/a/.local/share/trugrade'],
  [{}, 'darwin', '/home/a/Library/Application Support/TruGrade'],
  [{ LOCALAPPDATA: '/l' }, 'win32', '/l/TruGrade'],
] as const)('with %o on %s it is %s', (env, platform, folder) => {
  expect(defaultDataFolder(env, platform, '/home/a')).toBe(folder);
});
