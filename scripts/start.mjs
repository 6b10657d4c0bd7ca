/** `npm start`: sets up what is missing, then opens the workstation: a desktop window, else the browser, else an address. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, isFresh, markFresh } from './lib/fingerprint.mjs';
import { at, pinnedNode } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { SetupError, setUp } from './lib/steps.mjs';

const electronFolder = at('node_modules', 'electron');

/** Path of Electron's binary if it is here. */
function electronBinary() {
  const path = join(electronFolder, 'path.txt');
  if (!existsSync(path)) return undefined;
  const binary = join(electronFolder, 'dist', readFileSync(path, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

/** Asks once per Electron version and platform; a refused download is not tried at every start. */
async function fetchElectron() {
  const print = fingerprint(['node_modules/electron/package.json'], [process.platform, process.arch]);
  if (electronBinary() || isFresh('electron-refused', print, [])) return;
  process.stderr.write('… Electron binary (first start only)\n');
  const { code } = await run(pinnedNode(), [join(electronFolder, 'install.js')], { timeoutMs: 180_000 });
  if (code !== 0 || !electronBinary()) markFresh('electron-refused', print);
}

const hasDisplay =
  process.platform === 'win32' ||
  process.platform === 'darwin' ||
  Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

function opener() {
  if (process.env.TRUGRADE_NO_BROWSER || !hasDisplay) return undefined;
  if (process.platform === 'win32') return ['cmd', ['/c', 'start', '']];
  return [process.platform === 'darwin' ? 'open' : 'xdg-open', []];
}

function startDesktop(binary) {
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(binary, [...root, at('.')], { stdio: 'inherit' });
  child.on('exit', (code) => {
    process.exitCode = code ?? 0;
  });
  return child;
}

function startInBrowser() {
  const child = spawn(
    pinnedNode(),
    ['--enable-source-maps', at('dist', 'core', 'cli.js'), 'serve', ...process.argv.slice(2)],
    { stdio: ['inherit', 'pipe', 'inherit'] },
  );
  let heard = '';
  child.stdout.on('data', (chunk) => {
    heard += chunk;
    const url = /https?:\/\/\S+/.exec(heard)?.[0];
    process.stdout.write(chunk);
    const open = url && opener();
    if (!open) return;
    heard = '';
    const browser = spawn(open[0], [...open[1], url], { stdio: 'ignore', detached: true });
    browser.on('error', () => process.stderr.write('No browser could be opened: open the address above.\n'));
    browser.unref();
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 0;
  });
  return child;
}

try {
  await setUp();
  await fetchElectron();
  const binary = hasDisplay ? electronBinary() : undefined;
  if (!binary)
    process.stderr.write(
      `${electronBinary() ? 'There is no display' : "Electron's binary is not available here"}: the workstation opens ${opener() ? 'in the browser' : 'at the address below'}.\n`,
    );
  const child = binary ? startDesktop(binary) : startInBrowser();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
