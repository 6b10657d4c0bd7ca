/** The one window: shows what it is told to, remembers its place, comes back when its page crashes. */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { isOwn, pagePreferences } from './guards.ts';
import { t } from './messages.ts';
import { countPageCrashes } from './page-crashes.ts';
import type { Time } from './schedule.ts';
import { grounds, type StatusAction, type StatusPage, statusActionOf, statusUrl } from './status-page.ts';
import type { View } from './view.ts';
import { placeWindow, readWindowState, smallest, writeWindowState } from './window-state.ts';

export interface WindowOptions {
  readonly preload: string;
  /** The file that keeps the window's place. */
  readonly placeFile: string;
  readonly time: Time;
  /** Origin of the running core. */
  readonly own: () => string | undefined;
  /** A fresh one-launch address; undefined while the core does not serve. */
  readonly freshUrl: () => Promise<string | undefined>;
  readonly onAction: (action: StatusAction) => void;
  readonly note: (message: string) => void;
}

export interface WorkstationWindow {
  /** Opens the window when there is none. */
  open(): void;
  show(view: View): void;
  focus(): void;
  reload(): void;
  current(): BrowserWindow | undefined;
}

/** Between two fresh addresses after a refused session, so that a core which refuses all does not turn into a loop. */
const renewalMs = 10_000;
const navigationAborted = -3;

export function createWindow(options: WindowOptions): WorkstationWindow {
  const { time, own, freshUrl, onAction, note } = options;
  const crashes = countPageCrashes(time.now);
  let window: BrowserWindow | undefined;
  let view: View = { kind: 'status', page: { status: 'starting' } };
  let renewedMs = Number.NEGATIVE_INFINITY;

  const load = (url: string) => {
    // A newer load ends an older one with an error that says nothing new; real failures come by 'did-fail-load'.
    window?.loadURL(url).catch(() => undefined);
  };
  const showStatus = (page: StatusPage) => load(statusUrl(page));
  const render = () => (view.kind === 'workstation' ? load(view.url) : showStatus(view.page));

  /** The address of the start works once; later ones are asked for. */
  const renew = async () => {
    const url = await freshUrl();
    if (url !== undefined && view.kind === 'workstation') load(url);
  };
  const reload = () => {
    const contents = window?.webContents;
    if (view.kind === 'status') render();
    else if (contents && isOwn(contents.getURL(), own())) contents.reload();
    else void renew();
  };
  const pageFailed = (what: string) => {
    const delayMs = crashes.failed();
    note(`${what}; ${delayMs === undefined ? 'it is not loaded again' : `it is loaded again in ${delayMs} ms`}`);
    if (delayMs === undefined) showStatus({ status: 'pageFailed' });
    else time.schedule(delayMs, reload);
  };

  const watch = ({ webContents: contents }: BrowserWindow) => {
    contents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') pageFailed(`the page's process is gone (${reason})`);
    });
    contents.on('did-fail-load', (_event, code, description, url, isMainFrame) => {
      if (isMainFrame && code !== navigationAborted && isOwn(url, own()))
        pageFailed(`the page did not load (${description})`);
    });
    contents.on('did-navigate', (_event, url, status) => {
      // The core restarted behind our back or the session grew old: ask for a new one instead of showing the refusal.
      if (status !== 401 || !isOwn(url, own()) || time.now() - renewedMs < renewalMs) return;
      renewedMs = time.now();
      void renew();
    });
    // The guards refuse this navigation; here it is only read.
    contents.on('will-navigate', ({ url }) => {
      const action = statusActionOf(url, contents.getURL());
      if (action !== undefined) onAction(action);
    });
    contents.on('unresponsive', () => note('the page does not respond'));
  };

  const remember = (opened: BrowserWindow) => {
    const state = { bounds: opened.getNormalBounds(), maximized: opened.isMaximized() };
    if (!writeWindowState(options.placeFile, state)) note("the window's place could not be kept");
  };

  const open = () => {
    const saved = readWindowState(options.placeFile);
    const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
    const opened = new BrowserWindow({
      ...placeWindow(saved?.bounds, areas),
      minWidth: smallest.width,
      minHeight: smallest.height,
      title: t('app.name'),
      backgroundColor: nativeTheme.shouldUseDarkColors ? grounds.dark : grounds.light,
      show: false,
      webPreferences: { ...pagePreferences, preload: options.preload },
    });
    window = opened;
    if (saved?.maximized) opened.maximize();
    opened.once('ready-to-show', () => opened.show());
    opened.on('close', () => remember(opened));
    opened.on('closed', () => {
      window = undefined;
    });
    watch(opened);
    render();
  };

  return {
    open() {
      if (window !== undefined) return this.focus();
      open();
      if (view.kind === 'workstation') void renew();
    },
    show(next) {
      view = next;
      if (window !== undefined) render();
    },
    focus() {
      if (window?.isMinimized()) window.restore();
      window?.focus();
    },
    reload,
    current: () => window,
  };
}
