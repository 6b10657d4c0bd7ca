/** Who may talk to the server: exact Host names against DNS rebinding, same Origin against foreign pages. */
import type { IncomingMessage } from 'node:http';

export interface HostRules {
  /** True for a Host header that names this server. */
  allows(host: string | undefined): host is string;
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Exact names only: a foreign name that resolves to 127.0.0.1 (DNS rebinding) carries its own name in Host.
 * @param publicHosts names or addresses, without port, under which other desks reach this server
 */
export function createHostRules(port: number, publicHosts: readonly string[] = []): HostRules {
  const names = [...loopbackNames, ...publicHosts.map((host) => host.toLowerCase())];
  const allowed = new Set(names.map((name) => `${name}:${port}`));
  // Browsers leave the default port out.
  if (port === 80) for (const name of names) allowed.add(name);
  return { allows: (host): host is string => host !== undefined && allowed.has(host.toLowerCase()) };
}

/** True when the Origin header is present and is this very page. `null`, another scheme, host or port are foreign. */
export function isSameOrigin(origin: string | undefined, host: string): boolean {
  return origin !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Why a request comes from a foreign page, or undefined when it does not. State-changing requests must name their
 * origin; reading ones may leave it out (browsers do), but then must not say that another site asked for them.
 * SameSite cookies alone do not cover this: all ports of one host are the same site.
 */
export function foreignReason(request: IncomingMessage, host: string): string | undefined {
  const { origin } = request.headers;
  if (origin !== undefined && !isSameOrigin(origin, host)) return 'it comes from another origin';
  if (origin === undefined && !safeMethods.has(request.method ?? '')) return 'it does not name its origin';
  const site = request.headers['sec-fetch-site'];
  const byLink = request.headers['sec-fetch-mode'] === 'navigate' && request.headers['sec-fetch-dest'] === 'document';
  if ((site === 'cross-site' || site === 'same-site') && !byLink) return 'another site asked for it';
  return undefined;
}
