/** The supervisor with real Node processes that end in the ways a core can. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { coreEnvironment, nodeSpawner } from './core-child.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { defaultPolicy } from './supervisor-state.ts';

/** A core of a few lines; its first argument says how it goes wrong. */
const script = `
const manner = process.env.MANNER;
const ready = () => process.send({ type: 'ready', url: 'http://127.0.0.1:1/?token=t' });
const beat = () => setInterval(() => process.send({ type: 'heartbeat' }), 100);
process.on('message', (message) => {
  if (message.type === 'stop' && manner !== 'deaf') process.exit(0);
  if (message.type === 'registerPath') process.send({ type: 'registered', requestId: message.requestId, uploadId: 'id-of-' + message.path, error: null });
});
process.on('disconnect', () => process.exit(0));
const ways = {
  well: () => { ready(); beat(); },
  deaf: () => { ready(); beat(); },
  exits: () => { ready(); setTimeout(() => process.exit(7), 30); },
  throws: () => { throw new TypeError('thrown on purpose'); },
  fails: () => { process.send({ type: 'failed', error: { code: 'store.locked', message: 'in use', next: 'close it' } }, () => process.exit(1)); },
  segfaults: () => { ready(); setTimeout(() => process.kill(process.pid, 'SIGSEGV'), 30); },
  aborts: () => { ready(); setTimeout(() => process.abort(), 30); },
  memory: () => { ready(); setTimeout(() => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); }, 30); },
  hangs: () => { ready(); setTimeout(() => { for (;;); }, 30); },
  silent: () => { setInterval(() => {}, 1000); },
};
ways[manner]();
`;

let folder: string;
let entry: string;
const started: Supervisor[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trugrade-shell-'));
  entry = join(folder, 'core.cjs');
  writeFileSync(entry, script);
});
afterAll(async () => {
  await Promise.all(started.map((supervisor) => supervisor.stop()));
  rmSync(folder, { recursive: true, force: true });
});

function start(manner: string, node = process.execPath): Supervisor {
  const policy = {
    ...defaultPolicy,
    readyMs: 4_000,
    silenceMs: 1_500,
    checkMs: 100,
    stopMs: 500,
    backoff: { baseMs: 10, maxMs: 10 },
  };
  const supervisor = createSupervisor({
    policy: manner === 'silent' ? { ...policy, readyMs: 700 } : policy,
    spawn: nodeSpawner({
      node,
      entry,
      // A small heap is full soon; no core file is written for the deaths asked for.
      args: ['--max-old-space-size=24', '--no-warnings'],
      cwd: folder,
      env: { ...coreEnvironment(process.env), MANNER: manner },
    }),
    onState: () => {},
  });
  started.push(supervisor);
  supervisor.start();
  return supervisor;
}

const waiting = { timeout: 25_000, interval: 20 };

test.each([
  ['exits', 'exited'],
  ['throws', 'startFailed'],
  ['fails', 'startFailed'],
  ['segfaults', 'crashed'],
  ['aborts', 'crashed'],
  ['memory', 'outOfMemory'],
  ['hangs', 'hung'],
  ['silent', 'neverReady'],
] as const)('a core that %s is quarantined for having %s three times', { timeout: 30_000 }, async (manner, reason) => {
  const supervisor = start(manner);
  await vi.waitFor(() => expect(supervisor.state().phase.name).toBe('quarantined'), waiting);
  expect(supervisor.state().crashes.map((crash) => crash.reason)).toEqual([reason, reason, reason]);
  if (manner === 'throws') expect(supervisor.state().crashes[0]?.detail).toBe('TypeError: thrown on purpose');
  if (manner === 'fails') expect(supervisor.state().crashes[0]?.error?.code).toBe('store.locked');
});

test('a Node that is not there is a failed start that names it', async () => {
  const supervisor = start('well', join(folder, 'no-such-node'));
  await vi.waitFor(() => expect(supervisor.state().phase.name).toBe('quarantined'), waiting);
  expect(supervisor.state().crashes[0]).toMatchObject({
    reason: 'startFailed',
    detail: expect.stringContaining('ENOENT'),
  });
});

test('a healthy core answers, beats, and stops when asked', { timeout: 30_000 }, async () => {
  const supervisor = start('well');
  await vi.waitFor(() => expect(supervisor.state().phase.name).toBe('running'), waiting);
  expect(await supervisor.registerPath('/cards/1')).toEqual({ ok: true, value: 'id-of-/cards/1' });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect([supervisor.state().phase.name, supervisor.state().run]).toEqual(['running', 1]);
  await supervisor.stop();
  expect([supervisor.state().phase.name, supervisor.state().crashes]).toEqual(['stopped', []]);
});

test('a core that ignores stop is killed', { timeout: 30_000 }, async () => {
  const supervisor = start('deaf');
  await vi.waitFor(() => expect(supervisor.state().phase.name).toBe('running'), waiting);
  await supervisor.stop();
  expect(supervisor.state().phase.name).toBe('stopped');
});

test('what steers Node or Electron does not reach the core, the rest does', () => {
  const env = {
    PATH: '/bin',
    TRUGRADE_DATA: '/d',
    NODE_OPTIONS: '--inspect',
    ELECTRON_RUN_AS_NODE: '1',
    LD_PRELOAD: 'x',
    NODE_ENV: 'test',
  };
  expect(coreEnvironment(env)).toEqual({ PATH: '/bin', TRUGRADE_DATA: '/d', NODE_ENV: 'test' });
});
