#!/usr/bin/env node
/**
 * `npm run package`: installers for the platform this runs on, in dist/installers.
 * `--stage` only puts the core together as it is shipped and tries it; `--dir` makes the program without an installer.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { at, pinnedNode } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { stageCore, stageFolder, tryStage } from './lib/stage.mjs';
import { SetupError, setUp } from './lib/steps.mjs';

const say = (text) => process.stderr.write(`${text}\n`);
const output = at('dist', 'installers');

/** Folder with Electron for this platform; downloaded once by Electron's own script, which checks its sum. */
async function electronFolder() {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (named) return named;
  const marker = at('node_modules', 'electron', 'path.txt');
  const folder = at('node_modules', 'electron', 'dist');
  const isHere = () => existsSync(marker) && existsSync(join(folder, readFileSync(marker, 'utf8').trim()));
  if (!isHere()) {
    const { version } = JSON.parse(readFileSync(at('node_modules', 'electron', 'package.json'), 'utf8'));
    say(`… Electron ${version}`);
    await run(pinnedNode(), [at('node_modules', 'electron', 'install.js')], { timeoutMs: 300_000 });
    if (!isHere())
      throw new SetupError(
        `Electron ${version} for ${process.platform}-${process.arch} cannot be downloaded here, so no installer can be made: allow github.com, or set ELECTRON_MIRROR or ELECTRON_OVERRIDE_DIST_PATH.`,
      );
  }
  return folder;
}

/** The packaged programs of this run; electron-builder names their folders after platform and architecture. */
function programs() {
  const { productName } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const inside = { linux: 'trugrade-workstation', win32: `${productName}.exe`, darwin: `${productName}.app` }[
    process.platform
  ];
  return readdirSync(output)
    .map((name) => join(output, name, inside))
    .filter((path) => existsSync(path));
}

async function build(dirOnly) {
  const electron = await electronFolder();
  say('… packaging');
  const args = [
    '--config',
    'electron-builder.yml',
    `-c.electronDist=${electron}`,
    '--publish',
    'never',
    ...(dirOnly ? ['--dir'] : []),
  ];
  const { code } = await run(pinnedNode(), [at('node_modules', 'electron-builder', 'cli.js'), ...args], { show: true });
  if (code !== 0) throw new SetupError(`electron-builder failed (exit ${code}); what it said stands above.`);
}

async function checkPrograms() {
  // Loaded here: the package needs a newer Node than the one that may run this script.
  const { wrongFuses } = await import('./lib/fuses.mjs');
  const found = programs();
  if (found.length === 0) throw new SetupError(`No packaged program was found in ${output}.`);
  for (const program of found) {
    const wrong = await wrongFuses(program);
    if (wrong.length > 0) throw new SetupError(`${program}:\n${wrong.map((line) => `  - ${line}`).join('\n')}`);
    const resources =
      process.platform === 'darwin' ? join(program, 'Contents', 'Resources') : join(program, '..', 'resources');
    const problem = await tryStage(join(resources, 'core'));
    if (problem !== undefined) throw new SetupError(`The packaged core does not start: ${problem}`);
    say(`✓ ${program}: all fuses as wanted, its core starts`);
  }
}

try {
  const { values } = parseArgs({ options: { stage: { type: 'boolean' }, dir: { type: 'boolean' } } });
  await setUp();
  const preload = at('dist', 'preload', 'preload.cjs');
  if (!existsSync(preload)) throw new SetupError(`The preload script was not bundled: ${preload} is missing.`);
  stageCore();
  const problem = await tryStage();
  if (problem !== undefined) throw new SetupError(`The staged core does not start: ${problem}`);
  say(`✓ core staged in ${stageFolder}; it starts`);
  if (!values.stage) {
    await build(values.dir);
    await checkPrograms();
  }
} catch (error) {
  say(error instanceof SetupError ? error.message : error.stack);
  process.exitCode = 1;
}
