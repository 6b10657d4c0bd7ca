/** A real server over fake services, for the tests of the transport. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings, type Grading, type Job, type Settings } from '../../src-main/contract/index.ts';
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
      storage: async () => ({ maps: { gradings: 0, bytes: 0 }, frames: { gradings: 0, bytes: 0 } }),
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
      computeMaps: async () => {
        throw missing();
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
