/** What the page is refused: the rules, and that Electron is really given them. */
import { EventEmitter } from 'node:events';
import type { App, Session, WebContents } from 'electron';
import { expect, test } from 'vitest';
import {
  guardApp,
  guardContents,
  guardSession,
  isExternalAllowed,
  isOwn,
  isTrustedSender,
  mayDownload,
  mayLoad,
  originOf,
  pagePreferences,
  shown,
} from './guards.ts';

const own = 'http://127.0.0.1:4000';

/** Addresses that look like the core and are not. */
const foreign = [
  'http://127.0.0.1:4001/',
  'https://127.0.0.1:4000/',
  'http://localhost:4000/',
  'http://127.0.0.1:4000@evil.example/',
  'http://evil.example/?http://127.0.0.1:4000/',
  'http://evil.example/#http://127.0.0.1:4000',
  'http://127.0.0.1:4000.evil.example/',
  'http://user:secret@127.0.0.1:4000/',
  'http://[::1]:4000/',
  'file:///etc/passwd',
  'file://127.0.0.1:4000/x',
  'javascript:alert(1)',
  'about:blank',
  'data:text/html,x',
  'blob:http://127.0.0.1:4000/1',
  'filesystem:http://127.0.0.1:4000/temporary/x',
  'chrome://gpu',
  'ftp://127.0.0.1:4000/',
  'view-source:http://127.0.0.1:4000/',
  '//127.0.0.1:4000/',
  '',
  'no address',
];

test.each([
  'http://127.0.0.1:4000/',
  'http://127.0.0.1:4000/cards?x=1#y',
  'HTTP://127.0.0.1:4000',
  'http://127.1:4000/',
])('%s is the core', (url) => expect(isOwn(url, own)).toBe(true));

test.each(foreign)('"%s" is not the core', (url) => expect(isOwn(url, own)).toBe(false));

test('while no core runs, nothing is its own', () => {
  expect(isOwn(`${own}/`, undefined)).toBe(false);
  expect(mayLoad(`${own}/`, undefined)).toBe(false);
  expect(isOwn(undefined, undefined)).toBe(false);
  expect(originOf('about:blank')).toBeUndefined();
});

test.each([
  [`${own}/images/abc`, true],
  ['ws://127.0.0.1:4000/rpc', true],
  ['data:image/png;base64,AA', true],
  [`blob:${own}/1-2`, true],
  ['devtools://devtools/bundled/inspector.html', true],
  ['ws://127.0.0.1:4001/rpc', false],
  ['wss://127.0.0.1:4000/rpc', false],
  ['ws://evil.example/', false],
  ['https://fonts.example/a.woff2', false],
  ['file:///etc/passwd', false],
  ['chrome-extension://x/y', false],
  ['nonsense', false],
])('a page may load %s: %s', (url, allowed) => expect(mayLoad(url, own)).toBe(allowed));

test('files are saved from the core and its page alone', () => {
  expect(mayDownload(`${own}/reports/1.json`, own)).toBe(true);
  expect(mayDownload(`blob:${own}/1-2`, own)).toBe(true);
  expect(mayDownload('blob:http://evil.example/1', own)).toBe(false);
  expect(mayDownload('data:text/plain,x', own)).toBe(false);
  expect(mayDownload('https://evil.example/x.exe', own)).toBe(false);
});

test.each([
  ['https://github.com/', true],
  ['https://github.com/a/b?c#d', true],
  ['http://github.com/', false],
  ['https://github.com.evil.example/', false],
  ['https://evil.example/github.com', false],
  ['https://evil-github.com/', false],
  ['https://github.com:8443/', false],
  ['https://github.com@evil.example/', false],
  ['https://x:y@github.com/', false],
  ['file:///usr/bin/xterm', false],
  ['smb://github.com/share', false],
  ['ms-msdt:/id', false],
  ['', false],
])('%s may be opened outside: %s', (url, allowed) => expect(isExternalAllowed(url)).toBe(allowed));

test('only the main frame of the core is trusted, a sender that is gone is not', () => {
  expect(isTrustedSender({ url: `${own}/`, isMainFrame: true }, own)).toBe(true);
  expect(isTrustedSender({ url: `${own}/`, isMainFrame: false }, own)).toBe(false);
  expect(isTrustedSender({ url: undefined, isMainFrame: true }, own)).toBe(false);
  expect(isTrustedSender({ url: '', isMainFrame: true }, own)).toBe(false);
  for (const url of foreign) expect(isTrustedSender({ url, isMainFrame: true }, own)).toBe(false);
});

test('a token does not get into the journal', () => {
  expect(shown(`${own}/launch?token=secret#secret`)).toBe(`${own}/launch`);
  expect(shown('data:text/html,secret')).toBe('data:');
  expect(shown('secret')).not.toContain('secret');
});

test('pages have least rights', () => {
  expect(pagePreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    spellcheck: false,
  });
});

function options(opened: string[] = [], refused: string[] = []) {
  return {
    own: () => own,
    openExternal: (url: string) => opened.push(url),
    refused: (what: string) => refused.push(what),
  };
}

/** An Electron event that remembers whether it was stopped. */
function preventable(url = '') {
  const event = {
    url,
    stopped: false,
    preventDefault() {
      event.stopped = true;
    },
  };
  return event;
}

type Handler = (...values: readonly unknown[]) => unknown;

/** Stands for any object of Electron: events are real, setters keep what they were given. */
function fake() {
  const kept: Record<string, Handler> = {};
  const emitter = new EventEmitter();
  const target = new Proxy(emitter, {
    get: (_target, name) => {
      if (name === 'webRequest') return target;
      if (
        typeof name === 'string' &&
        (name.startsWith('set') || name === 'onBeforeRequest') &&
        name !== 'setMaxListeners'
      )
        return (value: Handler) => Object.assign(kept, { [name]: value });
      return Reflect.get(emitter, name);
    },
  });
  const call = (name: string, ...values: unknown[]) => {
    const handler = kept[name];
    if (handler === undefined) throw new Error(`${name} was not called`);
    return handler(...values);
  };
  return { target, emitter, call };
}

// The fakes have the few members that the guards use; nothing else of Electron exists without its binary.
const asContents = (value: unknown) => value as WebContents;
const asSession = (value: unknown) => value as Session;
const asApp = (value: unknown) => value as App;

test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s leads only to the core', (name) => {
  const { target, emitter } = fake();
  guardContents(asContents(target), options());
  const inside = preventable(`${own}/cards`);
  const outside = foreign.map((url) => preventable(url));
  for (const event of [inside, ...outside]) emitter.emit(name, event);
  expect(inside.stopped).toBe(false);
  expect(outside.every(({ stopped }) => stopped)).toBe(true);
});

test('no window is ever opened; a listed link goes to the browser of the person', () => {
  const { target, call } = fake();
  const opened: string[] = [];
  const refused: string[] = [];
  guardContents(asContents(target), options(opened, refused));
  for (const url of ['https://github.com/x', `${own}/`, 'https://evil.example/', 'about:blank'])
    expect(call('setWindowOpenHandler', { url })).toEqual({ action: 'deny' });
  expect(opened).toEqual(['https://github.com/x']);
  expect(refused).toHaveLength(3);
});

test('webviews and Bluetooth devices are refused', () => {
  const { target, emitter } = fake();
  guardContents(asContents(target), options());
  const webview = preventable();
  emitter.emit('will-attach-webview', webview);
  const answers: unknown[] = [];
  const bluetooth = preventable();
  emitter.emit('select-bluetooth-device', bluetooth, [{ deviceId: 'a' }], (id: unknown) => answers.push(id));
  expect([webview.stopped, bluetooth.stopped, answers]).toEqual([true, true, ['']]);
});

test('every permission, device and screen is refused', () => {
  const { target, emitter, call } = fake();
  guardSession(asSession(target), options());
  const answers: unknown[] = [];
  const take = (answer: unknown) => answers.push(answer);
  for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'unknown'])
    call('setPermissionRequestHandler', {}, permission, take);
  expect(answers).toEqual(Array.from({ length: 6 }, () => false));
  expect(call('setPermissionCheckHandler', {}, 'media', own)).toBe(false);
  expect(call('setDevicePermissionHandler', { deviceType: 'hid' })).toBe(false);
  answers.length = 0;
  call('setDisplayMediaRequestHandler', {}, take);
  const events = [preventable(), preventable(), preventable()] as const;
  emitter.emit('select-hid-device', events[0], {}, take);
  emitter.emit('select-serial-port', events[1], [], {}, take);
  emitter.emit('select-usb-device', events[2], {}, take);
  expect([answers, events.every(({ stopped }) => stopped)]).toEqual([[null, null, '', undefined], true]);
});

test('requests and downloads elsewhere are cancelled', () => {
  const { target, emitter, call } = fake();
  const refused: string[] = [];
  guardSession(asSession(target), options([], refused));
  const answers: unknown[] = [];
  for (const url of [`${own}/x`, 'https://evil.example/?token=secret'])
    call('onBeforeRequest', { url }, (answer: unknown) => answers.push(answer));
  expect(answers).toEqual([{ cancel: false }, { cancel: true }]);
  expect(refused).toEqual(['request for https://evil.example/']);
  const save = preventable();
  emitter.emit('will-download', save, { getURL: () => `blob:${own}/1` });
  const evil = preventable();
  emitter.emit('will-download', evil, { getURL: () => 'https://evil.example/a' });
  expect([save.stopped, evil.stopped]).toEqual([false, true]);
});

test('certificates, client certificates and log-ins are refused, and later contents and sessions are guarded', () => {
  const app = fake();
  guardApp(asApp(app.target), options());
  const answers: unknown[][] = [];
  const take = (...answer: unknown[]) => answers.push(answer);
  const events = [preventable(), preventable(), preventable()] as const;
  app.emitter.emit('certificate-error', events[0], {}, 'https://a/', 'net::ERR', {}, take);
  app.emitter.emit('select-client-certificate', events[1], {}, 'https://a/', [{}], take);
  app.emitter.emit('login', events[2], {}, { url: 'https://a/' }, {}, take);
  expect([answers, events.every(({ stopped }) => stopped)]).toEqual([[[false], [], []], true]);
  const contents = fake();
  app.emitter.emit('web-contents-created', {}, contents.target);
  expect(contents.emitter.listenerCount('will-navigate')).toBe(1);
  const session = fake();
  app.emitter.emit('session-created', session.target);
  expect(session.call('setPermissionCheckHandler')).toBe(false);
});
