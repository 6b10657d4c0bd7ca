/** The one rule for where the program keeps its data; free of dependencies, so that the desktop shell can use it too. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `TRUGRADE_DATA`, else the place that the system has for a program's data. */
export function defaultDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (env.TRUGRADE_DATA) return env.TRUGRADE_DATA;
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'TruGrade');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'TruGrade');
  return join(env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'trugrade');
}
