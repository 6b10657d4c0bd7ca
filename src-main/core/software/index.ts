/** Which software this is: version from package.json, commit from the build. */
import packageFile from '../../../package.json' with { type: 'json' };

declare const TRUGRADE_COMMIT: string | undefined;

/** `commit` is "development" when the program was not bundled from a git checkout. */
export const software = {
  version: packageFile.version,
  commit: typeof TRUGRADE_COMMIT === 'string' ? TRUGRADE_COMMIT : 'development',
} as const;
