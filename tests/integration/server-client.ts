/** What a page or a stranger sends to a server under test, byte for byte. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { Role } from '../../src-main/contract/index.ts';
import type { RunningServer } from '../../src-main/core/server/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request with exactly these headers; the path goes out as it is written. */
export function ask(server: RunningServer, asked: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', path, headers = {}, body } = asked;
    const request = httpRequest({ host: '127.0.0.1', port: server.port, method, path, headers, agent: false });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Writes these bytes to a plain socket and returns all that comes back until the server closes it. */
export function askRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

export function originOf(server: RunningServer): string {
  return `http://127.0.0.1:${server.port}`;
}

/** Opens a session by a launch token and returns its Cookie header. */
export async function signIn(server: RunningServer, role: Role): Promise<string> {
  const answer = await ask(server, { path: `/?token=${server.launchToken(role)}` });
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** Headers of a page of this server that changes something. */
export function pageHeaders(server: RunningServer, cookie: string): Record<string, string> {
  return { cookie, origin: originOf(server) };
}

export type Opened = { readonly socket: WebSocket } | { readonly refusedWith: number };

/** Tries to open the message transport with these headers. */
export function openSocket(server: RunningServer, headers: Readonly<Record<string, string>>): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, { headers });
    socket.on('open', () => resolve({ socket }));
    socket.on('unexpected-response', (_request, response) => resolve({ refusedWith: response.statusCode ?? 0 }));
    socket.on('error', reject);
  });
}

export async function openedSocket(server: RunningServer, cookie: string): Promise<WebSocket> {
  const opened = await openSocket(server, pageHeaders(server, cookie));
  if (!('socket' in opened)) throw new Error(`the socket was refused with ${opened.refusedWith}`);
  return opened.socket;
}

/** Waits until the condition holds; fails after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const started = Date.now();
  while (!condition()) {
    if (Date.now() - started > 5_000) throw new Error('it did not happen within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Starts an upload and returns its path. */
export async function beginUpload(server: RunningServer, cookie: string): Promise<string> {
  const answer = await ask(server, { method: 'POST', path: '/uploads', headers: pageHeaders(server, cookie) });
  if (answer.status !== 201) throw new Error(`the upload was refused with ${answer.status}`);
  return `/uploads/${JSON.parse(answer.body).uploadId}`;
}

export function putFile(
  server: RunningServer,
  cookie: string,
  path: string,
  body: string | Uint8Array,
): Promise<Answer> {
  return ask(server, { method: 'PUT', path, headers: pageHeaders(server, cookie), body });
}
