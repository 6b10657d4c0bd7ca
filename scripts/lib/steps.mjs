/** The set-up steps, each incremental: tools, packages, native core, bundles, command, browser for tests. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fingerprint, isFresh, markFresh } from './fingerprint.mjs';
import { addon, at, pinnedNode } from './paths.mjs';
import { run, version } from './run.mjs';

/** A step that cannot be done; the message says what is missing and how to get it. */
export class SetupError extends Error {}

const say = (text) => process.stderr.write(`${text}\n`);

async function step(title, work) {
  const terminal = process.stderr.isTTY;
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  if (terminal) process.stderr.write(`… ${title}`);
  else say(`… ${title}`);
  const ticker = terminal ? setInterval(() => process.stderr.write(`\r… ${title} (${seconds()})`), 1000) : undefined;
  try {
    await work();
  } finally {
    clearInterval(ticker);
  }
  say(`${terminal ? '\r' : ''}✓ ${title} (${seconds()})`);
}

async function must(what, command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new SetupError(`${what} failed (exit ${code}):\n${output.split('\n').slice(-40).join('\n')}`);
}

/** What only the person at the machine can install. */
export function checkTools() {
  const missing = [];
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) missing.push(`Node 20 or newer (this is ${process.versions.node}): https://nodejs.org`);
  if (!version('cargo')) missing.push("Rust's cargo 1.89 or newer: https://rustup.rs");
  if (process.platform !== 'win32' && !version('cc'))
    missing.push('a C compiler: apt-get install build-essential, or xcode-select --install');
  if (missing.length > 0)
    throw new SetupError(`Missing on this machine:\n${missing.map((line) => `  - ${line}`).join('\n')}`);
}

async function packages() {
  const print = fingerprint(['package-lock.json', '.npmrc'], [process.platform, process.arch]);
  const node = pinnedNode();
  if (node === undefined)
    throw new SetupError(`No Node 24 package is published for ${process.platform}-${process.arch}.`);
  const stamps = at('node_modules', '.trugrade-packages');
  if (existsSync(stamps) && existsSync(node) && isFresh('packages', print, [stamps])) return;
  // Not `npm ci`: it refuses a lock file without the optional packages of every platform, which not all registries carry.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await step('npm packages and the pinned Node 24', () =>
    must('npm install', npm, ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']),
  );
  if (!existsSync(node))
    throw new SetupError(`npm did not bring the pinned Node: ${node} is missing. Remove node_modules and try again.`);
  chmodSync(node, 0o755);
  writeFileSync(stamps, print);
  markFresh('packages', print);
}

async function nativeCore(print) {
  if (isFresh('native', print, [addon])) return;
  await step('native core (Rust)', async () => {
    mkdirSync(at('dist', 'native'), { recursive: true });
    await must('The native build', pinnedNode(), [
      at('node_modules', '@napi-rs', 'cli', 'dist', 'cli.js'),
      'build',
      '--release',
      '--manifest-path',
      at('native', 'crates', 'binding', 'Cargo.toml'),
      '--package-json-path',
      at('native', 'crates', 'binding', 'package.json'),
      '--target-dir',
      at('native', 'target'),
      '--output-dir',
      at('dist', 'native'),
      '--no-js',
      '--dts',
      '../../src-main/core/native/generated/binding.d.ts',
    ]);
  });
  markFresh('native', print);
}

async function bundles() {
  const vite = at('node_modules', 'vite', 'bin', 'vite.js');
  const config = ['package-lock.json', 'package.json', 'assets'];
  const core = fingerprint(
    [...config, 'src-main', 'vite.core.config.ts'],
    [version('git', ['rev-parse', 'HEAD']) ?? ''],
  );
  if (!isFresh('core', core, [at('dist', 'core', 'cli.js')])) {
    await step('core bundle', () =>
      must('The core bundle', pinnedNode(), [vite, 'build', '--config', 'vite.core.config.ts', '--logLevel', 'warn']),
    );
    markFresh('core', core);
  }
  const preload = fingerprint([...config, 'src-main/shell', 'src-main/contract', 'vite.preload.config.ts']);
  if (!isFresh('preload', preload, [at('dist', 'preload', 'preload.cjs')])) {
    await step('preload bundle', () =>
      must('The preload bundle', pinnedNode(), [
        vite,
        'build',
        '--config',
        'vite.preload.config.ts',
        '--logLevel',
        'warn',
      ]),
    );
    markFresh('preload', preload);
  }
  const page = fingerprint([...config, 'src-renderer', 'src-main/contract', 'vite.config.ts']);
  if (!isFresh('renderer', page, [at('dist', 'renderer', 'index.html')])) {
    await step('workstation bundle', () =>
      must('The workstation bundle', pinnedNode(), [vite, 'build', '--logLevel', 'warn']),
    );
    markFresh('renderer', page);
  }
}

/** `npx trugrade` finds the command in node_modules/.bin, where npm puts no link to the root package's own command. */
function command() {
  const link = at('node_modules', '.bin', 'trugrade');
  if (process.platform === 'win32') {
    writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\scripts\\trugrade.mjs" %*\r\n');
    return;
  }
  chmodSync(at('scripts', 'trugrade.mjs'), 0o755);
  rmSync(link, { force: true });
  symlinkSync('../../scripts/trugrade.mjs', link);
}

/** Everything `npm start` needs. Quick when nothing changed. */
export async function setUp() {
  const print = fingerprint(['native'], [version('cargo') ?? '', process.arch]);
  if (!isFresh('native', print, [addon])) checkTools();
  await packages();
  await nativeCore(print);
  await bundles();
  command();
}

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** How apt-get runs here as root, or undefined where it does not. */
function aptCommand() {
  if (!version('apt-get')) return undefined;
  const asRoot =
    process.getuid?.() === 0 ? [] : version('sudo', ['-n', 'true']) === undefined ? undefined : ['sudo', '-n'];
  return asRoot && [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
}

async function aptInstall([program, ...args], name) {
  await must('apt-get update', program, [...args, 'update']);
  await must(`apt-get install ${name}`, program, [...args, 'install', '-y', '--no-install-recommends', name]);
}

/** Where Vulkan's loader looks for drivers. */
const driverFolders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

/** A Vulkan driver for the tests of the GPU path: one that is there, or Debian's software driver. They are skipped, and say so, without. */
export async function findOrInstallVulkanDriver() {
  const known = () => driverFolders.some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES || known()) return;
  const hint = 'the tests of the GPU path will be skipped (apt-get install mesa-vulkan-drivers)';
  const apt = aptCommand();
  if (apt === undefined) return say(`! no Vulkan driver: ${hint}`);
  try {
    await step('software Vulkan driver for the GPU tests', () => aptInstall(apt, 'mesa-vulkan-drivers'));
  } catch (error) {
    say(`! the software Vulkan driver could not be installed: ${hint}\n${error.message}`);
  }
}

/** A Chromium for the end-to-end tests: the one named, one installed, or Debian's, installed now when the rights allow it. */
export async function findOrInstallChromium() {
  const known = () =>
    [process.env.TRUGRADE_CHROMIUM, ...browsers].find((path) => path !== undefined && existsSync(path));
  if (known()) return known();
  const hint =
    'Install Chromium (apt-get install chromium), or set TRUGRADE_CHROMIUM to the path of a Chromium or Chrome.';
  const apt = aptCommand();
  if (apt === undefined)
    throw new SetupError(`No Chromium for the end-to-end tests, and no apt-get with the rights to install it. ${hint}`);
  await step('Chromium for the end-to-end tests', () => aptInstall(apt, 'chromium'));
  if (!known())
    throw new SetupError(`Debian's chromium was installed but none of ${browsers.join(', ')} exists. ${hint}`);
  return known();
}
