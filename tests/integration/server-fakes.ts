/** A real server over fake services, for the tests of the transport. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { defaultSettings, type Grading, type Job, type Role, type Settings } from '../../src-main/contract/index.ts';
import { refuse } from '../../src-main/core/errors/index.ts';
import {
  type Caller,
  createServer,
  type RunningServer,
  type ServerOptions,
  type Services,
} from '../../src-main/core/server/index.ts';
import { createUploads, type UploadLimits } from '../../src-main/core/uploads/index.ts';

export const job: Job = {
  id: 'job-1',
  kind: 'grade',
  title: 'sample',
  state: 'running',
  progress: 0.25,
  activity: null,
  stages: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  endedAt: null,
  error: null,
  gradingId: null,
  simulated: true,
};
export const imageId = 'ab'.repeat(32);
export const imageBytes = Buffer.from('not really a picture');

export interface Called {
  readonly name: string;
  readonly caller: Caller;
}

export interface World {
  readonly server: RunningServer;
  readonly folder: string;
  readonly called: Called[];
  readonly logged: string[];
  /** What the stream of jobs went through. */
  readonly stream: { yielded: number; finished: number };
  readonly clock: { ms: number };
  close(): Promise<void>;
}

interface WorldOptions {
  readonly server?: Partial<ServerOptions>;
  readonly uploads?: Partial<UploadLimits>;
  readonly services?: (made: Services) => Services;
  readonly bundle?: boolean;
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'trugrade-server-'));
  const staticFolder = join(folder, 'page');
  if (options.bundle ?? true) await writeBundle(staticFolder);
  await writeFile(join(folder, 'secret.txt'), 'outside the bundle');
  const clock = { ms: Date.parse('2026-01-01T00:00:00Z') };
  const given = { now: () => new Date(clock.ms), monotonicMs: () => clock.ms };
  const called: Called[] = [];
  const logged: string[] = [];
  const stream = { yielded: 0, finished: 0 };
  const uploads = await createUploads({
    folder: join(folder, 'uploads'),
    clock: given,
    ...(options.uploads ? { limits: options.uploads } : {}),
  });
  const note = (level: string) => (message: string, fields?: object) => {
    logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  const made = fakeServices({ called, stream, uploads });
  const server = await createServer({
    services: options.services?.(made) ?? made,
    log: { info: note('info'), warn: note('warn'), error: note('error') },
    staticFolder,
    version: '1.2.3',
    clock: given,
    ...options.server,
  });
  return {
    server,
    folder,
    called,
    logged,
    stream,
    clock,
    async close() {
      await server.close();
      uploads.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeBundle(folder: string): Promise<void> {
  await mkdir(join(folder, 'assets'), { recursive: true });
  const page = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><title>page</title>';
  await writeFile(join(folder, 'index.html'), page);
  await writeFile(join(folder, 'assets', 'index-Abc_12345.js'), 'export const page = 1;');
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
}

interface FakeOptions extends Pick<World, 'called' | 'stream'> {
  readonly uploads: Services['uploads'];
}

function fakeServices({ called, stream, uploads }: FakeOptions): Services {
  const heard = (name: string, caller: Caller): void => {
    called.push({ name, caller });
  };
  const missing = () => refuse('notFound', 'there is no such grading', 'reload the list', { field: 'id' });
  const noStudy = async (): Promise<never> => {
    throw missing();
  };
  const settings: Settings = defaultSettings;
  return {
    system: {
      health: async () => ({
        version: '1.2.3',
        commit: 'abc',
        node: 'v24',
        startedAt: '2026-01-01T00:00:00Z',
        readOnly: false,
        readOnlyReason: null,
      }),
      doctor: async () => ({ version: '1.2.3', items: [] }),
    },
    session: {
      get: async (_input, caller) => ({ role: caller.role, station: 'bench 1' }),
      invite: async (input, caller) => {
        heard('session.invite', caller);
        return { token: input.role, expiresAt: '2026-01-01T00:10:00Z' };
      },
    },
    rigs: { list: async () => [] },
    grade: {
      start: async (_input, caller) => {
        heard('grade.start', caller);
        return job;
      },
    },
    sheets: {
      open: async () => {
        throw missing();
      },
      get: async () => {
        throw missing();
      },
      close: async () => ({}),
    },
    jobs: {
      list: async () => [job],
      cancel: async (input) => ({ ...job, id: input.id, state: 'cancelled' }),
      async *watch(_input, _caller, signal) {
        try {
          for (let seq = 0; !signal.aborted; seq++) {
            yield { seq, snapshot: seq === 0, jobs: [{ ...job, title: 'x'.repeat(10_000) }] };
            stream.yielded += 1;
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        } finally {
          stream.finished += 1;
        }
      },
    },
    gradings: {
      list: async (input) => ({ items: [], nextCursor: null, total: input.limit }),
      get: async (): Promise<Grading> => {
        throw missing();
      },
      regrade: async (): Promise<Grading> => {
        throw new Error('cannot open /srv/secret/place/trugrade.db');
      },
      archive: async () => {
        throw refuse('file.missing', 'there is no such file', 'check it', { file: '/srv/secret/place/a.png' });
      },
      restore: async () => {
        throw missing();
      },
    },
    surface: {
      profile: async () => {
        throw missing();
      },
      values: async () => {
        throw missing();
      },
    },
    maps: {
      info: async () => {
        throw missing();
      },
      tile: async () => {
        throw missing();
      },
    },
    calibrations: {
      list: async () => [],
      draft: async () => null,
      discard: async () => ({ discarded: false }),
      use: async () => [],
      get: () => Promise.reject(missing()),
      begin: () => Promise.reject(missing()),
      shoot: () => Promise.reject(missing()),
      remove: () => Promise.reject(missing()),
      solve: () => Promise.reject(missing()),
      compose: () => Promise.reject(missing()),
      accept: () => Promise.reject(missing()),
      drift: () => Promise.reject(missing()),
      acceptance: () => Promise.reject(missing()),
    },
    lights: {
      list: async () => [],
      draft: async () => null,
      discard: async () => ({ discarded: false }),
      use: async () => [],
      get: () => Promise.reject(missing()),
      find: () => Promise.reject(missing()),
      accept: () => Promise.reject(missing()),
    },
    standards: {
      list: async () => [],
      file: async () => ({ text: '{}', origin: 'builtIn', problem: null }),
      save: async ({ text }) => ({ text, origin: 'edited', problem: null }),
      restore: async () => ({ text: '{}', origin: 'builtIn', problem: null }),
    },
    templates: {
      list: async () => [],
      anchors: async () => ({ anchors: [], sizeMm: [63.5, 88.9], toMm: [1, 0, 0, 0, 1, 0] }),
      teach: async () => {
        throw missing();
      },
      import: async () => {
        throw missing();
      },
      export: async () => {
        throw missing();
      },
      history: async () => [],
      revise: async () => {
        throw missing();
      },
      revert: async () => {
        throw missing();
      },
      archive: async () => {
        throw missing();
      },
      restore: async () => {
        throw missing();
      },
    },
    studies: {
      list: async () => [],
      get: noStudy,
      create: noStudy,
      importCsv: noStudy,
      measure: noStudy,
      withdraw: noStudy,
      setState: noStudy,
      results: async () => [],
      response: noStudy,
    },
    documents: {
      read: async (segments, query, caller) => {
        heard(`documents/${segments.join('/')}`, caller);
        return { bytes: Buffer.from(`<b>${query.get('alpha')}</b>`), type: 'text/html', name: "st\u00fcdy's.html" };
      },
    },
    settings: {
      get: async () => settings,
      set: async (input) => ({ ...settings, keepLogsDays: input.keepLogsDays ?? 30 }),
      setMeasuring: async () => settings,
      assumptions: async () => ({ version: '1', note: '', terms: [] }),
    },
    logs: {
      query: async () => ({ items: [], more: false }),
      async *watch(_input, _caller, signal) {
        // Waits for an entry that never comes: only the signal can end it.
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        stream.finished += 1;
        yield { entries: [], dropped: 0 };
      },
    },
    audit: {
      list: async () => ({ items: [], more: false }),
      verify: async () => ({ rows: 0, ok: true, firstBadSeq: null, head: '' }),
    },
    backups: { list: async () => [], create: async () => job },
    images: {
      info: async () => ({ widthPx: 10, heightPx: 20, type: 'image/png', levels: 1, tilePx: 256 }),
      read: async (id) => {
        if (id !== imageId) throw refuse('notFound', 'there is no such picture', 'reload the page');
        return { bytes: imageBytes, type: 'image/png' };
      },
      tile: async (_id, level, col, row) => ({ bytes: Buffer.from(`${level}/${col}/${row}`), type: 'image/jpeg' }),
    },
    uploads,
  };
}

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
