/** The page shown while there is no workstation: what it says, and that nothing in it can be injected. */
import { expect, test } from 'vitest';
import type { Crash } from './crash.ts';
import { statusActionOf, statusHtml, statusUrl } from './status-page.ts';

const crash: Crash = { reason: 'crashed', atMs: 0, code: null, signal: 'SIGSEGV', detail: '', error: null };

test('it says what happened and, in quarantine, what can be done', () => {
  const html = statusHtml({ status: 'quarantined', crash });
  expect(html).toContain('it crashed (SIGSEGV)');
  expect(html).toContain('href="trugrade-action:restart"');
  expect(html).toContain('href="trugrade-action:open-logs"');
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

test('only buttons of a page that the shell put there are obeyed', () => {
  const from = statusUrl({ status: 'quarantined', crash });
  expect(statusActionOf('trugrade-action:restart', from)).toBe('restart');
  expect(statusActionOf('trugrade-action:open-logs', from)).toBe('open-logs');
  expect(statusActionOf('trugrade-action:format-disk', from)).toBeUndefined();
  expect(statusActionOf('https://evil.example/#restart', from)).toBeUndefined();
  expect(statusActionOf('trugrade-action:restart', 'http://127.0.0.1:4000/')).toBeUndefined();
  expect(statusActionOf('trugrade-action:restart', '')).toBeUndefined();
});
