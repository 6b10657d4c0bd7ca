/** Which Host names and origins pass, as pure rules. */
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createHostRules, foreignReason, isSameOrigin } from './hosts.ts';

const host = '127.0.0.1:4711';

describe('Host names', () => {
  test('are the loopback names with the very port', () => {
    const rules = createHostRules(4711);
    for (const good of ['127.0.0.1:4711', 'localhost:4711', '[::1]:4711', 'LocalHost:4711']) {
      expect(rules.allows(good)).toBe(true);
    }
    for (const bad of [undefined, '', 'localhost', '127.0.0.1:471', '127.0.0.1:47110', ' localhost:4711', '::1:4711']) {
      expect(rules.allows(bad)).toBe(false);
    }
  });

  test('a public name is accepted exactly, and only when it was given', () => {
    expect(createHostRules(4711, ['Bench.local']).allows('bench.local:4711')).toBe(true);
    expect(createHostRules(4711, ['bench.local']).allows('a.bench.local:4711')).toBe(false);
    expect(createHostRules(4711).allows('bench.local:4711')).toBe(false);
  });

  test('port 80 may be left out, as browsers do', () => {
    expect(createHostRules(80).allows('localhost')).toBe(true);
    expect(createHostRules(8080).allows('localhost')).toBe(false);
  });
});

describe('origins', () => {
  test('are the same only with the same scheme, name and port', () => {
    expect(isSameOrigin('http://127.0.0.1:4711', host)).toBe(true);
    for (const bad of [undefined, 'null', '', 'https://127.0.0.1:4711', 'http://localhost:4711', 'http://127.0.0.1']) {
      expect(isSameOrigin(bad, host)).toBe(false);
    }
  });

  function reason(method: string, headers: Record<string, string>): string | undefined {
    return foreignReason({ method, headers } as unknown as IncomingMessage, host);
  }

  test('must be named by every method that may change something, known or not', () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE']) {
      expect(reason(method, {})).toBeDefined();
      expect(reason(method, { origin: 'http://127.0.0.1:4711' })).toBeUndefined();
    }
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(reason(method, {})).toBeUndefined();
  });

  test('a foreign page may lead here by a link, and by nothing else', () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(reason('GET', link)).toBeUndefined();
    expect(reason('GET', { ...link, 'sec-fetch-dest': 'iframe' })).toBeDefined();
    expect(reason('GET', { ...link, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).toBeDefined();
    expect(reason('GET', { 'sec-fetch-site': 'same-origin' })).toBeUndefined();
  });
});
