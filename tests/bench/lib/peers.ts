/** The public peers live in a Python environment of their own, made on request and never part of the product. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tools } from './tools.ts';

const packages = ['numpy', 'scikit-image', 'opencv-python-headless', 'subpixel-edges'];
const folder = '.venv-bench';
const ready = 'peers-installed';

function pythonOf(root: string): string {
  return process.platform === 'win32'
    ? join(root, folder, 'Scripts', 'python.exe')
    : join(root, folder, 'bin', 'python');
}

/** The environment's Python; undefined until every package was installed. */
export function peersPython(root: string): string | undefined {
  return existsSync(join(root, folder, ready)) ? pythonOf(root) : undefined;
}

/** Makes the environment and installs the peers. @throws Error with what pip said */
export async function installPeers(root: string, say: (text: string) => void): Promise<void> {
  if (peersPython(root) !== undefined) return;
  const { must } = tools(root);
  say(`peers: ${packages.join(', ')} into ${folder}`);
  mkdirSync(join(root, folder), { recursive: true });
  // Keeps the environment out of git, linters and formatters.
  writeFileSync(join(root, folder, '.gitignore'), '*\n');
  await must(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
  await must(pythonOf(root), ['-m', 'pip', 'install', '--quiet', ...packages]);
  writeFileSync(join(root, folder, ready), `${packages.join('\n')}\n`);
}
