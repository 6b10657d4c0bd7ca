/** Puts together the core exactly as it is shipped, so that it can be tried before it is packed. */
import { fork } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, pinnedNode } from './paths.mjs';

const windows = process.platform === 'win32';
export const stageFolder = at('dist', 'package', 'core');
const stagedNode = join(stageFolder, 'bin', windows ? 'node.exe' : 'node');

/** Of the packages that are not bundled, what runs: no sources, no headers, only this platform's binaries. */
function copySqlite() {
  const from = at('node_modules', 'better-sqlite3');
  const to = join(stageFolder, 'node_modules', 'better-sqlite3');
  for (const part of ['package.json', 'LICENSE', 'lib']) cpSync(join(from, part), join(to, part), { recursive: true });
  const own = process.platform === 'linux' ? ['linux', 'linuxmusl'] : [process.platform];
  for (const system of own) {
    const binary = `${system}-${process.arch}.node`;
    if (existsSync(join(from, 'prebuilds', binary)))
      cpSync(join(from, 'prebuilds', binary), join(to, 'prebuilds', binary));
  }
}

/** The same inside as a checkout: `dist/core`, `dist/native`, `dist/renderer`, `node_modules`; and `bin/node`. */
export function stageCore() {
  rmSync(at('dist', 'package'), { recursive: true, force: true });
  mkdirSync(join(stageFolder, 'bin'), { recursive: true });
  const node = pinnedNode();
  cpSync(node, stagedNode);
  chmodSync(stagedNode, 0o755);
  const nodeLicence = join(node, '..', '..', 'LICENSE');
  if (existsSync(nodeLicence)) cpSync(nodeLicence, join(stageFolder, 'bin', 'LICENSE.node'));
  const shipped = (path) => !path.endsWith('.map') && !path.endsWith('shell.js');
  for (const part of ['core', 'native', 'renderer'])
    cpSync(at('dist', part), join(stageFolder, 'dist', part), { recursive: true, filter: shipped });
  if (existsSync(at('models'))) cpSync(at('models'), join(stageFolder, 'models'), { recursive: true });
  // Without it Node would take the bundles for CommonJS.
  writeFileSync(
    join(stageFolder, 'package.json'),
    `${JSON.stringify({ name: 'trugrade-core', private: true, type: 'module' })}\n`,
  );
  copySqlite();
}

/**
 * Starts the staged core as the shell does, far from the checkout's own packages, and waits until it serves.
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function tryStage(folder = stageFolder) {
  const outside = mkdtempSync(join(tmpdir(), 'trugrade-stage-'));
  const copy = join(outside, 'core');
  cpSync(folder, copy, { recursive: true });
  const child = fork(join(copy, 'dist', 'core', 'core.js'), [], {
    execPath: join(copy, 'bin', windows ? 'node.exe' : 'node'),
    execArgv: [],
    cwd: outside,
    env: { ...process.env, TRUGRADE_DATA: join(outside, 'data'), NODE_PATH: '' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  try {
    return await firstWord(child, 60_000);
  } finally {
    const ended = new Promise((resolve) =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', resolve),
    );
    if (child.connected) child.send({ type: 'stop' });
    const last = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(last);
    rmSync(outside, { recursive: true, force: true });
  }
}

function firstWord(child, limitMs) {
  let words = '';
  child.stderr.on('data', (chunk) => {
    words = (words + chunk).slice(-4000);
  });
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(`it was not ready within ${limitMs / 1000} s\n${words}`), limitMs);
    const done = (problem) => {
      clearTimeout(limit);
      resolve(problem);
    };
    child.on('message', (message) => {
      if (message.type === 'ready') done(undefined);
      if (message.type === 'failed') done(`${message.error.message}; ${message.error.next}`);
    });
    child.on('exit', (code, signal) => done(`it ended (${signal ?? code})\n${words}`));
    child.on('error', (error) => done(error.message));
  });
}
