/** A real workstation for a test: the built core as a child with a data folder of its own, opened in the browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base, expect, type Page } from '@playwright/test';
import type { Role } from '../../src-main/contract/system.ts';
import { cliPath } from '../support/cli.ts';
import { makeCapture } from './samples.ts';

export { expect } from '@playwright/test';

const startMs = 30_000;
const stopMs = 10_000;

export interface ServeOptions {
  readonly data: string;
  readonly port?: number;
  readonly role?: Role;
}

/** One life of the core, from its start to its end. */
export interface Core {
  /** The printed address with its token, good for one visit. */
  readonly address: string;
  readonly origin: string;
  readonly token: string;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
  /** Takes it away without a word, as a crash or the system would. */
  kill(): Promise<void>;
}

/** @throws Error with what it said, when it prints no address in time */
export async function serve({ data, port = 0, role = 'engineer' }: ServeOptions): Promise<Core> {
  const args = [cliPath, 'serve', '--port', String(port), '--data', data, '--role', role];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // A test that fails half-way must not leave it running.
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  child.once('exit', () => process.off('exit', orphaned));
  const address = await firstLine(child);
  const { origin, searchParams } = new URL(address);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await ended;
    clearTimeout(impatience);
  };
  return {
    address,
    origin,
    token: searchParams.get('token') ?? '',
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function firstLine(child: ChildProcess & { stdout: NonNullable<unknown> | null }): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const fail = (why: string) => reject(new Error(`the core did not start: ${why}\n${said}`));
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      fail('it printed no address in time');
    }, startMs);
    child.once('exit', (code) => fail(`it ended with ${code}`));
    if (!child.stdout) return fail('it has no output');
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(deadline);
      resolve(line.trim());
    });
  });
}

/** A port nobody listens on, for a core that must come back where it was. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** What the page complained about: the console's errors, uncaught exceptions, and refusals by its security policy. */
export interface Complaints {
  readonly all: readonly string[];
  /** Takes out those that a test provoked. */
  forget(pattern: RegExp): void;
}

function listen(page: Page): Complaints {
  let all: readonly string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') all = [...all, `console: ${message.text()} (${message.location().url})`];
  });
  page.on('pageerror', (error) => {
    all = [...all, `uncaught: ${error.message}`];
  });
  return {
    get all() {
      return all;
    },
    forget(pattern) {
      all = all.filter((complaint) => !pattern.test(complaint));
    },
  };
}

interface Fixtures {
  /** A folder that is gone after the test. */
  readonly folder: string;
  readonly data: string;
  readonly role: Role;
  readonly core: Core;
  /** The page of the desk, signed in; the journey fails when it ends with a complaint nobody asked for. */
  readonly desk: Page;
  readonly complaints: Complaints;
}

interface WorkerFixtures {
  /** A small simulated capture, made once. */
  readonly capture: string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  capture: [
    async ({ browserName: _ }, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'trugrade-e2e-'));
      await use(await makeCapture(folder, 7));
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  role: ['engineer', { option: true }],
  folder: async ({ browserName: _ }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'trugrade-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  data: async ({ folder }, use) => use(join(folder, 'data')),
  core: async ({ data, role }, use) => {
    const core = await serve({ data, role });
    await use(core);
    await core.stop();
  },
  complaints: async ({ page }, use) => use(listen(page)),
  desk: async ({ page, core, complaints }, use) => {
    await page.goto(core.address);
    await use(page);
    expect(complaints.all).toEqual([]);
  },
});

export const gradeButton = (page: Page) => page.getByRole('button', { name: /^Grade the card/ });

/** Presses G and waits for the result on the screen. */
export async function gradeSample(page: Page): Promise<void> {
  await expect(gradeButton(page)).toBeEnabled();
  await page.keyboard.press('g');
  await expect(page.getByTestId('overall')).toBeVisible({ timeout: 60_000 });
}

export const link = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
