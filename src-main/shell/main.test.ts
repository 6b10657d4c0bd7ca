/** The shell as composed in main.ts, with a stand-in for Electron (its binary is not everywhere) and a real core process. */
import { EventEmitter } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { chooseSourceChannel } from './channels.ts';
import { shellPaths } from './paths.ts';

const { fake } = vi.hoisted(() => ({ fake: { electron: {} as Record<string, unknown> } }));
vi.mock('electron', () => fake.electron);

/** A core that serves at a made-up address, answers, and crashes when told by a file beside it. */
const coreScript = `
import { existsSync, rmSync } from 'node:fs';
const port = 4000 + (process.pid % 1000);
const crash = process.env.TRUGRADE_DATA + '/crash';
process.send({ type: 'ready', url: 'http://127.0.0.1:' + port + '/?token=first' });
setInterval(() => {
  if (existsSync(crash)) { rmSync(crash); process.kill(process.pid, 'SIGSEGV'); }
  process.send({ type: 'heartbeat' });
}, 50);
process.on('message', (message) => {
  if (message.type === 'stop') process.exit(0);
  if (message.type === 'launch') process.send({ type: 'launched', requestId: message.requestId, url: 'http://127.0.0.1:' + port + '/?token=fresh' });
  if (message.type === 'registerPath') process.send({ type: 'registered', requestId: message.requestId, uploadId: 'u1', error: null });
});
process.on('disconnect', () => process.exit(0));
`;

type Handler = (...values: unknown[]) => unknown;

class FakeContents extends EventEmitter {
  url = '';
  reloads = 0;
  setWindowOpenHandler() {}
  getURL() {
    return this.url;
  }
  reload() {
    this.reloads += 1;
  }
}

class FakeWindow extends EventEmitter {
  static readonly all: FakeWindow[] = [];
  readonly webContents = new FakeContents();
  readonly options: Record<string, unknown>;
  readonly loaded: string[] = [];
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
    world.app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string) {
    this.loaded.push(url);
    this.webContents.url = url;
    return Promise.resolve();
  }
  getNormalBounds() {
    return { x: 10, y: 20, width: 1000, height: 700 };
  }
  isMaximized() {
    return false;
  }
  isMinimized() {
    return false;
  }
  maximize() {}
  show() {}
  focus() {}
}

const world = {
  folder: '',
  data: '',
  app: new EventEmitter(),
  handlers: new Map<string, Handler>(),
  opened: [] as string[],
  quits: 0,
};

const latest = () => {
  const window = FakeWindow.all.at(-1);
  if (window === undefined) throw new Error('there is no window');
  return window;
};
const shownUrl = () => latest().loaded.at(-1) ?? '';

function fakeElectron(): Record<string, unknown> {
  const area = { workArea: { x: 0, y: 0, width: 1920, height: 1080 } };
  const session = Object.assign(new EventEmitter(), {
    webRequest: { onBeforeRequest() {} },
    setSpellCheckerEnabled() {},
    setPermissionRequestHandler() {},
    setPermissionCheckHandler() {},
    setDevicePermissionHandler() {},
    setDisplayMediaRequestHandler() {},
  });
  return {
    app: Object.assign(world.app, {
      isPackaged: true,
      enableSandbox() {},
      setPath() {},
      requestSingleInstanceLock: () => true,
      getAppPath: () => join(world.folder, 'app.asar'),
      whenReady: () => Promise.resolve(),
      quit() {
        world.quits += 1;
        world.app.emit('before-quit', { preventDefault() {} });
      },
    }),
    BrowserWindow: FakeWindow,
    Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu() {} },
    nativeTheme: { shouldUseDarkColors: true },
    screen: { getPrimaryDisplay: () => area, getAllDisplays: () => [area] },
    session: { defaultSession: session },
    shell: { openPath: async (path: string) => void world.opened.push(path), openExternal: async () => {} },
    dialog: { showOpenDialog: async () => ({ canceled: false, filePaths: [join(world.folder, 'card-7')] }) },
    ipcMain: { handle: (name: string, handler: Handler) => world.handlers.set(name, handler) },
  };
}

const waiting = { timeout: 20_000, interval: 20 };
const served = () => vi.waitFor(() => expect(shownUrl()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/), waiting);

beforeAll(async () => {
  world.folder = mkdtempSync(join(tmpdir(), 'trugrade-main-'));
  world.data = join(world.folder, 'data');
  const { platform, arch } = process;
  const paths = shellPaths({ packaged: true, appFolder: '', resources: world.folder, platform, arch });
  for (const path of [paths.core, paths.node]) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(join(paths.coreFolder, 'package.json'), '{"type":"module"}');
  writeFileSync(paths.core, coreScript);
  // Links need a right on Windows that not everybody has.
  if (platform === 'win32') copyFileSync(process.execPath, paths.node);
  else symlinkSync(process.execPath, paths.node);
  vi.stubEnv('TRUGRADE_DATA', world.data);
  Object.defineProperty(process, 'resourcesPath', { value: world.folder, configurable: true });
  Object.assign(fake.electron, fakeElectron());
  await import('./main.ts');
});

afterAll(() => {
  vi.unstubAllEnvs();
  Reflect.deleteProperty(process, 'resourcesPath');
  rmSync(world.folder, { recursive: true, force: true });
});

test('the window opens at once on a page of its own, then shows the core', { timeout: 30_000 }, async () => {
  await served();
  expect(latest().loaded[0]).toMatch(/^data:text\/html/);
  expect(latest().options).toMatchObject({
    backgroundColor: '#111416',
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
});

test('the page gets an upload id for what the person chose; a stranger gets nothing', async () => {
  const choose = world.handlers.get(chooseSourceChannel) ?? (() => undefined);
  const frame = { url: `${new URL(shownUrl()).origin}/`, parent: null };
  expect(await choose({ senderFrame: frame }, 'folder')).toEqual({ uploadId: 'u1', name: 'card-7' });
  for (const senderFrame of [null, { ...frame, url: 'https://evil.example/' }, { ...frame, parent: {} }])
    await expect(choose({ senderFrame }, 'folder')).rejects.toThrow('only the workstation');
});

test('a page whose session is refused gets one fresh address', async () => {
  const { origin } = new URL(shownUrl());
  const before = latest().loaded.length;
  latest().webContents.emit('did-navigate', {}, `${origin}/`, 401);
  await vi.waitFor(() => expect(shownUrl()).toBe(`${origin}/?token=fresh`), waiting);
  latest().webContents.emit('did-navigate', {}, `${origin}/`, 401);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(latest().loaded).toHaveLength(before + 1);
});

test('a crashed page is loaded again', { timeout: 30_000 }, async () => {
  latest().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  await vi.waitFor(() => expect(latest().webContents.reloads).toBe(1), waiting);
});

test('a crashed core comes back in the same window, and the journal tells why', { timeout: 30_000 }, async () => {
  writeFileSync(join(world.data, 'crash'), '');
  await vi.waitFor(() => expect(decodeURIComponent(shownUrl())).toContain('starting again'), waiting);
  await served();
  expect(FakeWindow.all).toHaveLength(1);
  expect(readFileSync(join(world.data, 'logs', 'shell.jsonl'), 'utf8')).toContain('"reason":"crashed"');
});

test('in quarantine the buttons of the page open the logs and restart the core', { timeout: 30_000 }, async () => {
  for (let crash = 0; crash < 2; crash += 1) {
    await served();
    writeFileSync(join(world.data, 'crash'), '');
    await vi.waitFor(() => expect(shownUrl()).toMatch(/^data:/), waiting);
  }
  await vi.waitFor(() => expect(shownUrl()).toContain('open-logs'), waiting);
  const press = (action: string) => {
    const event = { url: `trugrade-action:${action}`, preventDefault: vi.fn() };
    latest().webContents.emit('will-navigate', event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
  };
  press('open-logs');
  expect(world.opened).toEqual([join(world.data, 'logs')]);
  press('restart');
  await served();
});

test('a window that was closed opens again with a fresh address, where it was', { timeout: 30_000 }, async () => {
  latest().emit('close');
  latest().emit('closed');
  world.app.emit('activate');
  expect(FakeWindow.all).toHaveLength(2);
  expect(latest().options).toMatchObject({ x: 10, y: 20, width: 1000, height: 700 });
  await vi.waitFor(() => expect(shownUrl()).toContain('token=fresh'), waiting);
});

test('quitting waits until the core has stopped', { timeout: 30_000 }, async () => {
  const preventDefault = vi.fn();
  world.app.emit('before-quit', { preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(world.quits).toBe(1), waiting);
});
