/** The local server of the core: the contract by WebSocket and REST, pictures, uploads and the page, on one port. */
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Role } from '../../contract/index.ts';
import type { Clock } from '../clock/index.ts';
import { refuse, toAppError } from '../errors/index.ts';
import { cookieName, readCookie } from './cookies.ts';
import { createHostRules, type HostRules, isSameOrigin } from './hosts.ts';
import { createRestApi, describeApi } from './openapi.ts';
import { createRequestHandler } from './requests.ts';
import { createRouter } from './router.ts';
import type { Caller, ServerLog, Services } from './services.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSockets, type Sockets } from './sockets.ts';
import { createStatics } from './statics.ts';

export type * from './services.ts';
export { createSessions, type LaunchToken, launchTokenLifetimeMs, type Sessions } from './sessions.ts';

export interface ServerLimits {
  /** Unread bytes after which a socket is closed. */
  readonly maxBufferedBytes: number;
  readonly heartbeatMs: number;
  readonly maxSockets: number;
  readonly maxCallsPerSocket: number;
  readonly maxConnections: number;
  /** For the request line and headers. */
  readonly headersTimeoutMs: number;
  /** For a whole request with its body. */
  readonly requestTimeoutMs: number;
  /** For a connection on which nothing moves. */
  readonly idleTimeoutMs: number;
  /** How long `close` waits for readers before it drops them. */
  readonly closeDeadlineMs: number;
}

export const defaultServerLimits: ServerLimits = {
  maxBufferedBytes: 8 * 1024 ** 2,
  heartbeatMs: 15_000,
  maxSockets: 64,
  maxCallsPerSocket: 128,
  maxConnections: 512,
  headersTimeoutMs: 10_000,
  // 1 GiB at 3 MB/s, a slow wireless link.
  requestTimeoutMs: 360_000,
  idleTimeoutMs: 120_000,
  closeDeadlineMs: 2_000,
};

export interface ServerOptions {
  readonly services: Services;
  readonly log: ServerLog;
  /** Address to bind. Anything but the default opens the server to the network, without encryption. */
  readonly host?: string;
  /** Names or addresses under which other desks reach it; exact, without port. */
  readonly publicHosts?: readonly string[];
  /** 0 takes a free one. */
  readonly port?: number;
  /** The bundled page. */
  readonly staticFolder: string;
  readonly version: string;
  readonly maxMessageBytes?: number;
  readonly clock: Clock;
  readonly randomToken?: () => string;
  /** Given when others must make launch tokens too (`session.invite`). */
  readonly sessions?: Sessions;
  readonly limits?: Partial<ServerLimits>;
}

export interface RunningServer {
  /** Without a token, e.g. `http://127.0.0.1:4711/`. */
  readonly url: string;
  readonly port: number;
  /** One session with this role, once, within ten minutes: open `<url>?token=<token>`. */
  launchToken(role: Role, actor?: string): string;
  /** Ends all connections, by force after two seconds. */
  close(): Promise<void>;
}

/** Starts listening. Throws a typed refusal when the port or address cannot be had. */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { services, log, clock, randomToken, maxMessageBytes = 1024 ** 2, host = '127.0.0.1' } = options;
  const limits: ServerLimits = { ...defaultServerLimits, ...options.limits };
  const sessions = options.sessions ?? createSessions({ clock, randomToken });
  const statics = await createStatics(options.staticFolder);
  const router = createRouter(services, log);
  const sockets = createSockets({ router, log, maxMessageBytes, ...limits });
  const http = createHttp(limits);
  const port = await listen(http, host, options.port ?? 0);
  const hosts = createHostRules(port, options.publicHosts);
  let document: Promise<unknown> | undefined;
  const describe = (): Promise<unknown> => {
    document ??= describeApi(options.version, cookieName(port));
    return document;
  };
  const api = createRestApi(router, maxMessageBytes);
  const handle = createRequestHandler({ services, log, sessions, hosts, statics, api, describe, port });
  http.on('request', (request, response) => void handle(request, response));
  http.on('upgrade', (request, socket, head) => {
    upgrade(request, socket, head, { hosts, sessions, sockets, log, port });
  });
  http.on('error', (error) => log.error('the server met an error', { error: error.message }));
  log.info('the server listens', { host, port });
  return {
    url: `http://${urlHost(host)}:${port}/`,
    port,
    launchToken: (role, actor) => sessions.launchToken(role, actor).token,
    close: () => close(http, sockets, limits.closeDeadlineMs),
  };
}

function createHttp(limits: ServerLimits): Server {
  const http = createHttpServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
    keepAliveTimeout: 5_000,
    // Two readings of one message are how requests are smuggled.
    insecureHTTPParser: false,
    requireHostHeader: true,
  });
  http.maxConnections = limits.maxConnections;
  http.setTimeout(limits.idleTimeoutMs);
  return http;
}

/** All addresses of this machine are opened by the loopback one. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function listen(http: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => reject(listenError(error, host, port)));
    http.listen(port, host, () => {
      const address = http.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
    });
  });
}

function listenError(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : undefined;
  const at = { field: 'port', cause: error };
  if (code === 'EADDRINUSE')
    return refuse('usage', `port ${port} is in use`, 'choose another port, or 0 for a free one', at);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return refuse('usage', `${host} is no address of this machine`, 'leave the host out, or use 0.0.0.0', {
      field: 'host',
    });
  }
  if (code === 'EACCES') return refuse('usage', `port ${port} is not allowed`, 'choose a port above 1023', at);
  return toAppError(error);
}

interface UpgradeOptions {
  readonly hosts: HostRules;
  readonly sessions: Sessions;
  readonly sockets: Sockets;
  readonly log: ServerLog;
  readonly port: number;
}

/** The same checks as for requests, before the first byte of the other protocol. */
function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, options: UpgradeOptions): void {
  // Without a listener, a reset in this moment would end the process.
  socket.on('error', () => socket.destroy());
  const { host, origin, cookie: cookies } = request.headers;
  const cookie = readCookie(cookies, cookieName(options.port));
  const caller = options.sessions.find(cookie);
  const refusal = upgradeRefusal(request, options.hosts, caller);
  if (refusal !== undefined || caller === undefined) {
    options.log.warn('a connection was refused', { status: refusal ?? '', host: host ?? '', origin: origin ?? '' });
    socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
    return;
  }
  options.sockets.accept(request, socket, head, caller, () => options.sessions.find(cookie) !== undefined);
}

/** The status line of the refusal, or undefined when the connection may open. */
function upgradeRefusal(request: IncomingMessage, hosts: HostRules, caller: Caller | undefined): string | undefined {
  const { host, origin } = request.headers;
  if (!hosts.allows(host) || !isSameOrigin(origin, host)) return '403 Forbidden';
  if (request.url !== '/rpc') return '404 Not Found';
  return caller === undefined ? '401 Unauthorized' : undefined;
}

async function close(http: Server, sockets: Sockets, deadlineMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  sockets.close();
  http.closeIdleConnections();
  const force = setTimeout(() => {
    sockets.terminate();
    http.closeAllConnections();
  }, deadlineMs);
  await closed;
  clearTimeout(force);
}
