/** Looks at the machine: native core, GPU, cameras, serial ports, Electron, Python trainers, and what is missing. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Doctor } from '../../contract/index.ts';
import { systemClock } from '../clock/index.ts';
import { type Compute, decide, gpuItem, preferenceOf } from '../compute/index.ts';
import { defaultDataFolder } from '../data-folder/index.ts';
import { toAppError } from '../errors/index.ts';
import { loadNative } from '../native/index.ts';
import { software } from '../software/index.ts';

type Item = Doctor['items'][number];
const run = promisify(execFile);

/** First line a program prints, or undefined when it is not there or fails. */
async function says(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, [...args], { timeout: 5000 });
    return (stdout || stderr).trim().split('\n')[0];
  } catch {
    return undefined;
  }
}

async function devices(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
}

function nativeCore(): Item {
  try {
    return {
      name: 'native core',
      status: 'ok',
      detail: `version ${loadNative().version}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB memory`,
    };
  } catch (error) {
    return {
      name: 'native core',
      status: 'missing',
      detail: toAppError(error).data.message,
      remedy: 'run "npm run setup" in the checkout; it needs Rust\'s cargo and a C compiler',
    };
  }
}

/** The GPU as it is used, or as a program that starts now would use it. */
async function gpu(compute: Compute | undefined): Promise<Item> {
  try {
    const native = loadNative();
    const look = { native, folder: defaultDataFolder(), clock: systemClock, mayHaveCard: () => true, measure: false };
    const decision = compute?.decision ?? (await decide({ ...look, preference: preferenceOf(process.env) }));
    // Where there is no card nobody has looked for a software driver yet.
    const adapter = decision.adapter ?? (await native.compute.adapter());
    return gpuItem({ ...decision, adapter }, compute?.failure ?? null);
  } catch (error) {
    return { name: 'GPU', status: 'limited', detail: toAppError(error).data.message };
  }
}

async function cameras(): Promise<Item> {
  const found = await devices('/dev', /^video\d+$/);
  if (found.length > 0) return { name: 'cameras', status: 'ok', detail: found.join(', ') };
  return {
    name: 'cameras',
    status: 'limited',
    detail: 'none found; the simulated rig stands in',
    remedy: 'connect a camera; on Linux it shows as /dev/video*',
  };
}

async function serialPorts(): Promise<Item> {
  const found = await devices('/dev', /^(ttyUSB|ttyACM)\d+$|^cu\./);
  if (found.length === 0)
    return {
      name: 'serial ports',
      status: 'limited',
      detail: 'none found; the simulated rig stands in',
      remedy: 'connect the light controller by USB',
    };
  const usable = await Promise.all(
    found.map((path) =>
      access(path, constants.R_OK | constants.W_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (usable.every(Boolean)) return { name: 'serial ports', status: 'ok', detail: found.join(', ') };
  return {
    name: 'serial ports',
    status: 'limited',
    detail: `${found.join(', ')}: no rights`,
    remedy: 'add your user to the group dialout, then log in again',
  };
}

function electron(): Item {
  try {
    const folder = join(createRequire(import.meta.url).resolve('electron/package.json'), '..');
    if (existsSync(join(folder, 'path.txt')) || existsSync(join(folder, 'dist')))
      return { name: 'Electron', status: 'ok', detail: 'the desktop window is available' };
    return {
      name: 'Electron',
      status: 'limited',
      detail: 'its binary was not downloaded; the workstation opens in the browser',
      remedy: 'run "npx install-electron" where its download is allowed',
    };
  } catch {
    return { name: 'Electron', status: 'limited', detail: 'not installed; the workstation opens in the browser' };
  }
}

async function trainers(): Promise<Item> {
  const uv = await says('uv', ['--version']);
  if (uv) return { name: 'Python trainers', status: 'ok', detail: uv };
  return {
    name: 'Python trainers',
    status: 'limited',
    detail: 'uv is not installed',
    remedy: 'training will need it: https://docs.astral.sh/uv',
  };
}

/** Examines the machine; takes a few seconds at most and changes nothing. */
export async function examine(compute?: Compute): Promise<Doctor> {
  const node: Item = {
    name: 'Node',
    status: Number(process.versions.node.split('.')[0]) === 24 ? 'ok' : 'limited',
    detail: process.versions.node,
  };
  const others = await Promise.all([gpu(compute), cameras(), serialPorts(), trainers()]);
  return { version: software.version, items: [node, nativeCore(), ...others, electron()] };
}
