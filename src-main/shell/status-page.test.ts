/** The page shown while there is no workstation: what it says, and that nothing in it can be injected. */
import { expect, test } from 'vitest';
import type { Crash } from './crash.ts';
import { statusActionOf, statusHtml, statusUrl } from './status-page.ts';

const crash: Crash = { reason: 'crashed', atMs: 0, code: null, signal: 'SIGSEGV', detail: '', error: null };

test('it says what happened and, in quarantine, what can be done', () => {
  const html = statusHtml({ status: 'quarantined', crash });
  expect(html).toContain('it crashed (SIGSEGV)');
  expect(html).toContain('href="#restart"');
  expect(html).toContain('href="#open-logs"');
  expect(statusHtml({ status: 'restarting', crash })).not.toContain('href');
});

test("the core's own words come before its last lines", () => {
  const error = {
    code: 'store.newer',
    message: 'the store is newer',
    next: 'install the newer program',
    file: 'a.db',
  } as const;
  const html = statusHtml({ status: 'quarantined', crash: { ...crash, reason: 'startFailed', detail: 'line', error } });
  expect(html).toContain('a.db: the store is newer; install the newer program');
  expect(html).not.toContain('Its last words');
});

test('last words are text, never markup', () => {
  const html = statusHtml({ status: 'restarting', crash: { ...crash, detail: `<img src=x onerror="a('b')">&` } });
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;');
});

test('the address holds the whole page and allows no script', () => {
  const page = { status: 'quarantined', crash } as const;
  const url = statusUrl(page);
  expect(decodeURIComponent(url.slice(url.indexOf(',') + 1))).toBe(statusHtml(page));
  expect(url).not.toMatch(/[#\s]/);
  expect(statusHtml(page)).toContain("default-src 'none'");
});

test('only buttons of the page that the shell put there are obeyed', () => {
  const shown = statusUrl({ status: 'quarantined', crash });
  expect(statusActionOf(`${shown}#restart`, shown)).toBe('restart');
  expect(statusActionOf(`${shown}#open-logs`, shown)).toBe('open-logs');
  expect(statusActionOf(`${shown}#format-disk`, shown)).toBeUndefined();
  expect(statusActionOf(shown, shown)).toBeUndefined();
  expect(statusActionOf('http://127.0.0.1:4000/#restart', undefined)).toBeUndefined();
  expect(statusActionOf('data:text/html,x#restart', shown)).toBeUndefined();
});
