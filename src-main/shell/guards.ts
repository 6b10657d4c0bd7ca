/** What the page may reach: its own core, nothing else. Pure rules first, then their wiring into Electron. */
import type { App, Event as ElectronEvent, Session, WebContents, WebPreferences } from 'electron';

/** Hosts whose https pages may be opened in the person's own browser; anything else is refused. */
export const externalHosts: readonly string[] = ['github.com', 'nodejs.org', 'rustup.rs', 'www.electronjs.org'];

/** Least rights for every page of this program. */
export const pagePreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const satisfies WebPreferences;

/** `http://127.0.0.1:41234`, or undefined for what is no web address or carries a name and password. */
export function originOf(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) return undefined;
  return parsed.username === '' && parsed.password === '' ? parsed.origin : undefined;
}

/** Navigation, redirects and messages: only the running core's own origin; with no core running, nothing. */
export function isOwn(url: string | undefined, own: string | undefined): boolean {
  return url !== undefined && own !== undefined && originOf(url) === own;
}

/** Everything that a page loads, sockets included. `data:` and `blob:` are made by the page itself. */
export function mayLoad(url: string, own: string | undefined): boolean {
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  if (parsed.protocol === 'data:' || parsed.protocol === 'blob:' || parsed.protocol === 'devtools:') return true;
  return isOwn(parsed.protocol === 'ws:' ? `http${url.slice(url.indexOf(':'))}` : url, own);
}

/** A file may be saved from the core, or from what its page made (`blob:http://127.0.0.1:41234/…`). */
export function mayDownload(url: string, own: string | undefined): boolean {
  return isOwn(url.startsWith('blob:') ? url.slice('blob:'.length) : url, own);
}

/** Only whole host names count: `github.com.evil.example` and `evil.example/?github.com` are other hosts. */
export function isExternalAllowed(url: string, hosts: readonly string[] = externalHosts): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== 'https:' || originOf(url) === undefined) return false;
  return parsed.port === '' && hosts.includes(parsed.hostname);
}

/** Who sent a message to the main process; an unknown sender is a refused one. */
export interface Sender {
  readonly url: string | undefined;
  readonly isMainFrame: boolean;
}

export function isTrustedSender({ url, isMainFrame }: Sender, own: string | undefined): boolean {
  return isMainFrame && isOwn(url, own);
}

export interface GuardOptions {
  /** Origin of the running core; undefined while there is none. */
  readonly own: () => string | undefined;
  readonly openExternal: (url: string) => void;
  /** Every refusal, for the journal. */
  readonly refused: (what: string) => void;
  readonly hosts?: readonly string[];
}

/** Guards all contents, those made later too; call it before the first window. */
export function guardApp(app: App, options: GuardOptions): void {
  const { refused } = options;
  app.on('web-contents-created', (_event, contents) => guardContents(contents, options));
  app.on('session-created', (session) => guardSession(session, options));
  app.on('certificate-error', (event, _contents, url, error, _certificate, callback) => {
    event.preventDefault();
    refused(`certificate (${error}) of ${shown(url)}`);
    callback(false);
  });
  app.on('select-client-certificate', (event, _contents, url, _list, callback) => {
    event.preventDefault();
    refused(`client certificate for ${shown(url)}`);
    callback();
  });
  app.on('login', (event, _contents, details, _info, callback) => {
    event.preventDefault();
    refused(`log-in at ${shown(details.url)}`);
    callback();
  });
}

export function guardContents(contents: WebContents, options: GuardOptions): void {
  const { own, openExternal, refused } = options;
  const onlyOwn = (what: string) => (details: ElectronEvent<{ url: string }>) => {
    if (isOwn(details.url, own())) return;
    details.preventDefault();
    refused(`${what} to ${shown(details.url)}`);
  };
  contents.on('will-navigate', onlyOwn('navigation'));
  contents.on('will-frame-navigate', onlyOwn('navigation of a frame'));
  contents.on('will-redirect', onlyOwn('redirect'));
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    refused('webview');
  });
  // Without an answer of ours the first device in reach would be taken.
  contents.on('select-bluetooth-device', (event, _devices, callback) => {
    event.preventDefault();
    refused('Bluetooth device');
    callback('');
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (isExternalAllowed(url, options.hosts)) openExternal(url);
    else refused(`window of ${shown(url)}`);
    return { action: 'deny' };
  });
}

export function guardSession(session: Session, { own, refused }: GuardOptions): void {
  session.setSpellCheckerEnabled(false);
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    refused(`permission ${permission}`);
    callback(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
  session.on('select-hid-device', (event, _details, callback) => {
    event.preventDefault();
    callback(null);
  });
  session.on('select-serial-port', (event, _ports, _contents, callback) => {
    event.preventDefault();
    callback('');
  });
  session.on('select-usb-device', (event, _details, callback) => {
    event.preventDefault();
    callback();
  });
  session.on('will-download', (event, item) => {
    if (mayDownload(item.getURL(), own())) return;
    event.preventDefault();
    refused(`download of ${shown(item.getURL())}`);
  });
  session.webRequest.onBeforeRequest((details, callback) => {
    const cancel = !mayLoad(details.url, own());
    if (cancel) refused(`request for ${shown(details.url)}`);
    callback({ cancel });
  });
}

/** An address in the journal without its query, which may carry a token. */
export function shown(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return 'an unreadable address';
  return parsed.origin === 'null' ? parsed.protocol : `${parsed.origin}${parsed.pathname}`.slice(0, 200);
}
