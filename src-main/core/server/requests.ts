/** Every HTTP request passes here: first the checks, in one order for all routes, then the route. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppErrorData } from '../../contract/index.ts';
import { cookieName, readCookie, sessionCookie } from './cookies.ts';
import { serveDocument } from './document-routes.ts';
import { setCommonHeaders } from './headers.ts';
import { foreignReason, type HostRules } from './hosts.ts';
import { serveImage } from './image-routes.ts';
import { serveMaps } from './map-routes.ts';
import type { RestApi } from './openapi.ts';
import { sendable } from './refusals.ts';
import { send, sendJson, sendNotAllowed, sendNotFound, sendPage, sendRefusal, wantsPage } from './replies.ts';
import type { Caller, ServerLog, Services } from './services.ts';
import type { Sessions } from './sessions.ts';
import type { Statics } from './statics.ts';
import { parseTarget, type Target } from './target.ts';
import { serveUpload } from './upload-routes.ts';

export interface RequestOptions {
  readonly services: Services;
  readonly log: ServerLog;
  readonly sessions: Sessions;
  readonly hosts: HostRules;
  readonly statics: Statics;
  readonly api: RestApi;
  /** The OpenAPI document. */
  readonly describe: () => Promise<unknown>;
  readonly port: number;
}

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const dataPlaces = new Set(['api', 'images', 'maps', 'uploads', 'rpc', 'openapi.json', 'documents']);

export function createRequestHandler(options: RequestOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    setCommonHeaders(response);
    try {
      await answer(request, response, options);
    } catch (error) {
      const data = sendable(error, options.log, `${request.method ?? ''} ${pathOf(request)}`);
      if (response.headersSent || response.destroyed) response.destroy();
      else sendRefusal(response, data);
    }
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: RequestOptions): Promise<void> {
  const { host } = request.headers;
  // The bodies of strangers are not waited for.
  if (hasBody(request)) response.setHeader('Connection', 'close');
  if (!options.hosts.allows(host)) return deny(request, response, options.log, 'its Host header is not this server');
  const foreign = foreignReason(request, host);
  if (foreign !== undefined) return deny(request, response, options.log, foreign);
  if (!methods.split(', ').includes(request.method ?? '')) return sendNotAllowed(response, methods);
  const target = parseTarget(request.url);
  if (target === undefined) return sendRefusal(response, badAddress, 400);
  if (request.method === 'GET' && isLaunch(target)) return launch(request, response, target, options);
  const caller = options.sessions.find(readCookie(request.headers.cookie, cookieName(options.port)));
  if (caller === undefined) return sendNoSession(request, response, target);
  response.removeHeader('Connection');
  return route(request, response, target, { ...options, caller, host });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

const badAddress: AppErrorData = {
  code: 'path.outside',
  message: 'the address is not a plain path of this server',
  next: 'check the address',
};

function deny(request: IncomingMessage, response: ServerResponse, log: ServerLog, reason: string): void {
  log.warn('a request was refused', { reason, path: pathOf(request), host: request.headers.host ?? '' });
  const next = 'open the workstation by the address it prints';
  sendRefusal(response, { code: 'notAllowed', message: `the request was refused: ${reason}`, next }, 403);
}

/** Without the query, which may hold a token that must not reach the log. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0]?.slice(0, 200) ?? '';
}

function isLaunch(target: Target): boolean {
  return (target.path === '/' && target.query.has('token')) || target.path === '/launch';
}

/** Exchanges the one-launch token for a cookie and leaves the address that carried it. */
function launch(request: IncomingMessage, response: ServerResponse, target: Target, options: RequestOptions): void {
  const cookie = options.sessions.exchange(target.query.get('token') ?? '');
  if (cookie === undefined) {
    options.log.warn('a launch token was refused');
    const known = options.sessions.find(readCookie(request.headers.cookie, cookieName(options.port)));
    // Going back in the browser's history comes here with a used token and a good session.
    if (known !== undefined) redirect(response);
    else sendPage(response, 401, 'This link has been used or has expired', howToOpen);
    return;
  }
  response.setHeader('Set-Cookie', sessionCookie(cookieName(options.port), cookie));
  const site = request.headers['sec-fetch-site'];
  // A link followed from another site (an invitation in a mail): a redirect would still count as that site's and leave
  // the Strict cookie out, a page that moves on by itself does not.
  const followed = site === 'cross-site' || site === 'same-site';
  if (followed) sendPage(response, 200, 'Opening the workstation', '<a href="/">Continue</a>', movesOn);
  else redirect(response);
}

const movesOn = '\n<meta http-equiv="refresh" content="0; url=/">';
const howToOpen =
  'Start TruGrade Workstation again, or open the address that <code>trugrade serve</code> prints. ' +
  'Each address opens one session; an engineer can make another one for another desk.';

function redirect(response: ServerResponse): void {
  response.statusCode = 303;
  response.setHeader('Location', '/');
  response.setHeader('Content-Length', 0);
  response.end();
}

function sendNoSession(request: IncomingMessage, response: ServerResponse, target: Target): void {
  const isData = dataPlaces.has(target.segments[0] ?? '');
  if (wantsPage(request) || !isData) {
    sendPage(response, 401, 'Open the workstation by its own address', howToOpen);
    return;
  }
  const next = 'start the workstation again, or open the address it prints';
  sendRefusal(response, { code: 'notAllowed', message: 'there is no session', next }, 401);
}

interface RouteOptions extends RequestOptions {
  readonly caller: Caller;
  readonly host: string;
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  options: RouteOptions,
): Promise<void> {
  const [place, ...rest] = target.segments;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  switch (place) {
    case 'images':
      return serveImage(request, response, rest, options.services.images);
    case 'maps':
      return serveMaps(request, response, rest, options.services.maps);
    case 'documents':
      if (!isRead) return sendNotAllowed(response, 'GET, HEAD');
      return serveDocument(response, rest, target.query, options.caller, options.services.documents);
    case 'uploads':
      return serveUpload(request, response, rest, options.caller, options.services.uploads);
    case 'openapi.json':
      if (rest.length > 0) return sendNotFound(response);
      return isRead ? sendJson(response, 200, await options.describe()) : sendNotAllowed(response, 'GET, HEAD');
    case 'api': {
      if (await options.api.handle(request, response, options.caller)) return;
      return sendNotFound(response);
    }
    case 'rpc':
      response.setHeader('Upgrade', 'websocket');
      return send(response, 426, 'text/plain; charset=utf-8', 'This place speaks WebSocket.\n');
    default:
      if (!isRead) return sendNotAllowed(response, 'GET, HEAD');
      return options.statics.serve(request, response, target.path, options.host);
  }
}
