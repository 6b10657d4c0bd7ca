/** The contract over the real transports: what a client sees when all is well, and when it is not. */
import { createORPCClient, isDefinedError, ORPCError, safe } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { type Contract, contract } from '../../src-main/contract/index.ts';
import { ask, openedSocket, pageHeaders, signIn, until } from './server-client.ts';
import { createWorld, job, type World } from './server-fakes.ts';

type Client = ContractRouterClient<Contract>;

let world: World;
let engineer: string;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  world = await createWorld();
  engineer = await signIn(world.server, 'engineer');
});
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await world.close();
});

async function connect(at: World = world, cookie = engineer): Promise<{ client: Client; socket: WebSocket }> {
  const socket = await openedSocket(at.server, cookie);
  sockets.push(socket);
  // oRPC asks for the browser's WebSocket type; the one of `ws` has the same events.
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket });
  return { client: createORPCClient(link), socket };
}

describe('calls', () => {
  test('go there and back, with the contract’s defaults filled in', async () => {
    const { client } = await connect();
    expect(await client.session.get()).toEqual({ role: 'engineer', station: 'bench 1' });
    expect(await client.jobs.cancel({ id: 'job-7' })).toEqual({ ...job, id: 'job-7', state: 'cancelled' });
    expect((await client.gradings.list({})).total).toBe(50);
  });

  test('a refusal arrives typed, with what to do next', async () => {
    const { client } = await connect();
    const { error } = await safe(client.gradings.get({ id: 'nobody' }));
    expect(isDefinedError(error)).toBe(true);
    if (!isDefinedError(error)) throw new Error('not a declared error');
    expect(error.code).toBe('REFUSED');
    expect(error.data).toMatchObject({ code: 'notFound', next: 'reload the list', field: 'id' });
  });

  test('bad input is BAD_REQUEST with the place of each mistake', async () => {
    const { client } = await connect();
    const { error } = await safe(client.gradings.list({ limit: 100_000 }));
    expect(error).toBeInstanceOf(ORPCError);
    expect(error).toMatchObject({ code: 'BAD_REQUEST', data: { issues: [{ path: ['limit'] }] } });
  });

  test('a fault of the program is logged whole and leaves without path or stack', async () => {
    const { client } = await connect();
    const { error } = await safe(client.gradings.regrade({ id: '1', standard: 'psa' }));
    expect(error).toMatchObject({ code: 'REFUSED', data: { code: 'internal' } });
    expect(JSON.stringify(error)).not.toMatch(/srv|secret|at .*\.ts/);
    expect(world.logged.join('\n')).toContain('/srv/secret/place/trugrade.db');
  });

  test('an absolute path in a refusal is cut to its name', async () => {
    const { client } = await connect();
    const { error } = await safe(client.gradings.archive({ id: '1' }));
    expect(error).toMatchObject({ data: { code: 'file.missing', file: 'a.png' } });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  test('an answer that breaks the contract is a fault of the program, not data', async () => {
    const own = await createWorld({
      services: (made) => ({ ...made, jobs: { ...made.jobs, list: async () => [{ ...job, progress: 7 }] } }),
    });
    const { client } = await connect(own, await signIn(own.server, 'operator'));
    const { error } = await safe(client.jobs.list());
    expect(error).toMatchObject({ code: 'REFUSED', data: { code: 'internal' } });
    await own.close();
  });

  test('a role is checked on every procedure of the contract', async () => {
    const { client } = await connect(world, await signIn(world.server, 'annotator'));
    const { error } = await safe(client.audit.verify());
    expect(error).toMatchObject({ data: { code: 'notAllowed' } });
    for (const group of Object.values(contract)) {
      for (const procedure of Object.values(group)) {
        expect(procedure['~orpc'].meta.roles.length).toBeGreaterThan(0);
      }
    }
  });

  test('more calls at once than one connection may have are refused, the others are answered', async () => {
    const own = await createWorld({
      server: { limits: { maxCallsPerSocket: 4 } },
      services: (made) => ({
        ...made,
        rigs: { list: () => new Promise((resolve) => setTimeout(() => resolve([]), 100)) },
      }),
    });
    const { client } = await connect(own, await signIn(own.server, 'operator'));
    const results = await Promise.all(Array.from({ length: 10 }, () => safe(client.rigs.list())));
    expect(results.filter((result) => result.isSuccess)).toHaveLength(4);
    expect((await safe(client.rigs.list())).isSuccess).toBe(true);
    await own.close();
  });
});

describe('streams', () => {
  test('end on the server when the reader breaks off', async () => {
    const { client } = await connect();
    const finished = world.stream.finished;
    let seen = 0;
    for await (const event of await client.jobs.watch()) {
      expect(event.seq).toBe(seen);
      seen += 1;
      if (seen === 5) break;
    }
    await until(() => world.stream.finished === finished + 1);
  });

  test('end on the server when the client is gone, also while they wait', async () => {
    const { client, socket } = await connect();
    const finished = world.stream.finished;
    await client.jobs.watch();
    const waiting = await client.logs.watch({});
    const first = safe(waiting.next());
    await until(() => world.stream.yielded > 0);
    socket.terminate();
    await until(() => world.stream.finished === finished + 2);
    expect((await first).isSuccess).toBe(false);
  });

  test('a reader that stops reading stops the source, so nothing piles up', async () => {
    const own = await createWorld();
    const { client, socket } = await connect(own, await signIn(own.server, 'operator'));
    await client.jobs.watch();
    await until(() => own.stream.yielded > 10);
    socket.pause();
    // The kernel's buffers take a few megabytes; then the count must stand still although the source has no end.
    let before = -1;
    while (before !== own.stream.yielded) {
      before = own.stream.yielded;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const held = process.memoryUsage().rss;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(own.stream.yielded).toBe(before);
    // It stands still because it is not asked, not because the socket was dropped.
    expect(own.logged.join('\n')).not.toContain('its reader is too slow');
    expect(own.stream.finished).toBe(0);
    expect(process.memoryUsage().rss - held).toBeLessThan(50 * 1024 ** 2);
    socket.terminate();
    await until(() => own.stream.finished === 1);
    await own.close();
  });

  test('a reader that asks without end and reads nothing is closed', async () => {
    const title = 'x'.repeat(100_000);
    const own = await createWorld({
      server: { limits: { maxBufferedBytes: 1024 ** 2, maxCallsPerSocket: 100_000 } },
      services: (made) => ({ ...made, jobs: { ...made.jobs, list: async () => [{ ...job, title }] } }),
    });
    const { socket } = await connect(own, await signIn(own.server, 'operator'));
    socket.pause();
    for (let id = 0; id < 400; id++) socket.send(JSON.stringify({ i: String(id), p: { u: '/jobs/list' } }));
    await until(() => own.logged.some((line) => line.includes('its reader is too slow')));
    await own.close();
  });

  test('a socket that does not answer pings is closed', async () => {
    const own = await createWorld({ server: { limits: { heartbeatMs: 50 } } });
    const cookie = await signIn(own.server, 'operator');
    const { client, socket } = await connect(own, cookie);
    await client.logs.watch({}).then((waiting) => void safe(waiting.next()));
    socket.pause();
    await until(() => own.stream.finished === 1);
    await own.close();
  });
});

describe('streams by REST', () => {
  test('come as server-sent events and end on the server with their reader', async () => {
    const own = await createWorld();
    const cookie = await signIn(own.server, 'operator');
    const url = `${own.server.url}api/jobs/events`;
    const controller = new AbortController();
    const answer = await fetch(url, { headers: { cookie }, signal: controller.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader = answer.body?.getReader();
    const chunk = await reader?.read();
    expect(Buffer.from(chunk?.value ?? []).toString()).toContain('event: message');
    controller.abort();
    await until(() => own.stream.finished === 1);
    await own.close();
  });
});

describe('listening', () => {
  test('a port in use is refused with what to do', async () => {
    const made = createWorld({ server: { port: world.server.port } });
    await expect(made).rejects.toMatchObject({ data: { code: 'usage', field: 'port' } });
  });

  test('an address that is not of this machine is refused with what to do', async () => {
    const made = createWorld({ server: { host: '203.0.113.1' } });
    await expect(made).rejects.toMatchObject({ data: { code: 'usage', field: 'host' } });
  });

  test('another desk opens it by the public name that was given', async () => {
    const own = await createWorld({ server: { publicHosts: ['bench.local'] } });
    const token = own.server.launchToken('annotator');
    const host = `bench.local:${own.server.port}`;
    expect((await ask(own.server, { path: `/?token=${token}`, headers: { host } })).status).toBe(303);
    await own.close();
  });
});

describe('closing', () => {
  test('says goodbye and ends within its deadline, with calls and streams still open', async () => {
    const own = await createWorld({
      server: { limits: { closeDeadlineMs: 300 } },
      services: (made) => ({ ...made, rigs: { list: () => new Promise(() => undefined) } }),
    });
    const { client, socket } = await connect(own, await signIn(own.server, 'operator'));
    const code = new Promise<number>((resolve) => socket.on('close', resolve));
    const call = safe(client.rigs.list());
    await client.jobs.watch();
    await own.close();
    expect(await code).toBe(1001);
    expect((await call).isSuccess).toBe(false);
  });
});

describe('OpenAPI', () => {
  test('the document is OpenAPI 3.1, holds every procedure once, and all its references lead somewhere', async () => {
    const answer = await ask(world.server, { path: '/openapi.json', headers: { cookie: engineer } });
    expect(answer.status).toBe(200);
    const document = JSON.parse(answer.body);
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: 'TruGrade Workstation', version: '1.2.3' });
    const expected = Object.values(contract)
      .flatMap((group) => Object.values(group))
      .map((procedure) => `${procedure['~orpc'].route.method} ${procedure['~orpc'].route.path}`);
    const described: string[] = [];
    const operationIds = new Set<string>();
    for (const [path, item] of Object.entries<Record<string, Operation>>(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        described.push(`${method.toUpperCase()} ${path}`);
        operationIds.add(operation.operationId);
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', '422']));
        const declared = (operation.parameters ?? []).filter((each) => each.in === 'path').map((each) => each.name);
        expect(declared).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
      }
    }
    expect(described.sort()).toEqual(expected.sort());
    expect(operationIds.size).toBe(described.length);
    for (const [, reference = ''] of answer.body.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = reference.split('/').reduce((at, key) => at?.[key], document);
      expect(target, reference).toBeDefined();
    }
  });

  test('the routes it describes answer, with numbers read from the query', async () => {
    const headers = pageHeaders(world.server, engineer);
    const page = await ask(world.server, { path: '/api/gradings?limit=7', headers });
    expect(JSON.parse(page.body)).toMatchObject({ total: 7 });
    const bad = await ask(world.server, { path: '/api/gradings?limit=many', headers });
    expect([bad.status, JSON.parse(bad.body).code]).toEqual([400, 'BAD_REQUEST']);
    const refused = await ask(world.server, { path: '/api/gradings/7', headers });
    expect(JSON.parse(refused.body)).toMatchObject({ defined: true, code: 'REFUSED', data: { code: 'notFound' } });
    const method = await ask(world.server, {
      method: 'PATCH',
      path: '/api/settings',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"keepLogsDays":9}',
    });
    expect(JSON.parse(method.body)).toMatchObject({ keepLogsDays: 9, standard: 'psa' });
  });
});

interface Operation {
  readonly operationId: string;
  readonly responses: object;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}
