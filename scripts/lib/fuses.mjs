/** Electron's fuses as we want them, and reading them back from a packaged program. */
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';

/** The same as `electronFuses` in electron-builder.yml; both must say it, so that neither can change it alone. */
export const wanted = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
};

/**
 * @param {string} program the packaged executable, or the .app folder on a Mac
 * @returns {Promise<string[]>} one line for each fuse that is not as wanted
 */
export async function wrongFuses(program) {
  const wire = await getCurrentFuseWire(program);
  return Object.entries(wanted).flatMap(([name, on]) => {
    const state = wire[FuseV1Options[name]];
    return state === (on ? FuseState.ENABLE : FuseState.DISABLE)
      ? []
      : [`fuse ${name} is ${FuseState[state] ?? state}, wanted ${on ? 'ENABLE' : 'DISABLE'}`];
  });
}
