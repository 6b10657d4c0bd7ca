/** What the server bounds, and what every one of its answers carries (the rest of reliability figure R18). */
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  ask,
  askRaw,
  beginUpload,
  openedSocket,
  originOf,
  pageHeaders,
  putFile,
  signIn,
} from './server-client.ts';
import { createWorld, imageBytes, imageId, type World } from './server-fakes.ts';

let world: World;
let operator: string;

beforeAll(async () => {
  world = await createWorld({ uploads: { fileBytes: 1000, uploadBytes: 2500, files: 4 } });
  operator = await signIn(world.server, 'operator');
});
afterAll(() => world.close());

function post(path: string, cookie: string, body = '{}'): Promise<Answer> {
  const headers = { ...pageHeaders(world.server, cookie), 'content-type': 'application/json' };
  return ask(world.server, { method: 'POST', path, headers, body });
}

const startUpload = (): Promise<string> => beginUpload(world.server, operator);
const put = (path: string, body: string | Uint8Array): Promise<Answer> => putFile(world.server, operator, path, body);

describe('sizes and slowness', () => {
  test('an oversized message closes the socket with 1009', async () => {
    const socket = await openedSocket(world.server, operator);
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.send(JSON.stringify({ i: '1', p: { u: '/system/health', b: 'x'.repeat(1024 ** 2) } }));
    expect(await closed).toBe(1009);
  });

  test.each(['not JSON', '[]', '{"i":1}', '{"i":"1","p":{"u":"http://a.example/x"}}', '{"i":"1","t":9}'])(
    'a message out of protocol closes the socket: %s',
    async (message) => {
      const socket = await openedSocket(world.server, operator);
      const closed = new Promise<number>((resolve) => socket.on('close', resolve));
      socket.send(message);
      expect(await closed).toBe(1003);
    },
  );

  test('an oversized REST body is refused', async () => {
    const answer = await post('/api/grade', operator, JSON.stringify({ cardId: 'x'.repeat(1024 ** 2) }));
    expect(answer.status).toBe(413);
  });

  test('an oversized upload is refused by its announced size, before a byte is stored', async () => {
    const answer = await put(`${await startUpload()}/a.png`, Buffer.alloc(1001));
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'upload.tooLarge', file: 'a.png' } });
  });

  test('an oversized upload is refused while it streams, when it did not announce its size', async () => {
    const path = `${await startUpload()}/a.png`;
    const head = `PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1:${world.server.port}\r\nOrigin: ${originOf(world.server)}\r\n`;
    const chunks = `400\r\n${'x'.repeat(1024)}\r\n`.repeat(4);
    const answer = await askRaw(
      world.server.port,
      `${head}Cookie: ${operator}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunks}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
  });

  test.each([true, false])('a sender in the middle of 30 MB reads the refusal (announced: %s)', async (announced) => {
    const part = Buffer.alloc(1024 ** 2);
    const headers = {
      ...pageHeaders(world.server, operator),
      ...(announced ? { 'content-length': String(30 * part.byteLength) } : { 'transfer-encoding': 'chunked' }),
    };
    const path = `${await startUpload()}/a.png`;
    const answer = await new Promise<[number, string]>((resolve, reject) => {
      const sent = httpRequest({
        host: '127.0.0.1',
        port: world.server.port,
        method: 'PUT',
        path,
        headers,
        agent: false,
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        response.setEncoding('utf8').on('data', (text: string) => resolve([response.statusCode ?? 0, text]));
      });
      void pipeline(Readable.from(Array.from({ length: 30 }, () => part)), sent).catch(reject);
    });
    expect(answer[0]).toBe(413);
    expect(JSON.parse(answer[1])).toMatchObject({ error: { code: 'upload.tooLarge' } });
  });

  test('an upload as a whole, and its number of files, are bounded', async () => {
    const whole = await startUpload();
    expect((await put(`${whole}/1.png`, Buffer.alloc(1000))).status).toBe(201);
    expect((await put(`${whole}/2.png`, Buffer.alloc(1000))).status).toBe(201);
    expect((await put(`${whole}/3.png`, Buffer.alloc(1000))).status).toBe(413);
    const many = await startUpload();
    for (const name of ['1', '2', '3', '4']) expect((await put(`${many}/${name}.png`, 'x')).status).toBe(201);
    expect((await put(`${many}/5.png`, 'x')).status).toBe(413);
  });

  test('headers that never end are cut off', async () => {
    const own = await createWorld({ server: { limits: { headersTimeoutMs: 200 } } });
    const answer = await askRaw(own.server.port, 'GET / HTTP/1.1\r\nHost: 127.0.0.1');
    expect(answer).toMatch(/^HTTP\/1\.1 408/);
    await own.close();
  });

  test('headers beyond 16 KiB are refused', async () => {
    const answer = await askRaw(
      world.server.port,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431/);
  });

  test('a message with two lengths is refused', async () => {
    const text = `POST /uploads HTTP/1.1\r\nHost: 127.0.0.1:${world.server.port}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect(await askRaw(world.server.port, text)).toMatch(/^HTTP\/1\.1 400/);
  });
});

describe('what pages and data carry', () => {
  test('the page has the strict policy, with a fresh nonce for each answer', async () => {
    const headers = { cookie: operator };
    const first = await ask(world.server, { path: '/', headers });
    const second = await ask(world.server, { path: '/cards/7', headers });
    const policy = String(first.headers['content-security-policy']);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
      "img-src 'self' blob: data:",
      "worker-src 'self' blob:",
    ]) {
      expect(policy.split('; ')).toContain(rule);
    }
    expect(policy).not.toMatch(/unsafe-eval|(?:script|style)-src [^;]*unsafe-inline/);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(nonce.length).toBeGreaterThanOrEqual(22);
    expect(first.body).toContain(`content="${nonce}"`);
    expect(second.body).not.toContain(nonce);
    expect(first.headers['cache-control']).toBe('no-store');
  });

  test('every answer, refusals too, carries the guarding headers', async () => {
    for (const path of ['/', '/api/rigs', `/images/${imageId}`, '/nothing.txt', '/%2e%2e']) {
      for (const cookie of [operator, '']) {
        const { headers } = await ask(world.server, { path, headers: { cookie } });
        expect(headers['content-security-policy']).toContain("default-src 'none'");
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers['cross-origin-opener-policy']).toBe('same-origin');
        expect(headers['cross-origin-resource-policy']).toBe('same-origin');
        expect(headers['referrer-policy']).toBe('no-referrer');
        expect(headers['permissions-policy']).toContain('camera=()');
      }
    }
  });

  test('hashed files are kept by the browser, pictures are answered once', async () => {
    const asset = await ask(world.server, { path: '/assets/index-Abc_12345.js', headers: { cookie: operator } });
    expect(asset.headers['cache-control']).toContain('immutable');
    expect(asset.headers['content-type']).toContain('text/javascript');
    const picture = await ask(world.server, { path: `/images/${imageId}`, headers: { cookie: operator } });
    expect([picture.status, picture.body]).toEqual([200, imageBytes.toString()]);
    const again = { cookie: operator, 'if-none-match': String(picture.headers.etag) };
    expect((await ask(world.server, { path: `/images/${imageId}`, headers: again })).status).toBe(304);
    const tile = await ask(world.server, {
      path: `/images/${imageId}/tiles/3/12_5.jpg`,
      headers: { cookie: operator },
    });
    expect([tile.headers['content-type'], tile.body]).toEqual(['image/jpeg', '3/12/5']);
    const absent = await ask(world.server, { path: `/images/${'cd'.repeat(32)}`, headers: { cookie: operator } });
    expect([absent.status, absent.headers['cache-control']]).toEqual([404, 'no-store']);
  });

  test('unknown places of the API answer typed JSON, and methods that a place has not answer 405', async () => {
    const headers = pageHeaders(world.server, operator);
    for (const path of ['/api/nothing', '/images/abc', '/nothing.txt']) {
      const answer = await ask(world.server, { path, headers });
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'notFound' } });
    }
    for (const [method, path, allow] of [
      ['DELETE', '/', 'GET, HEAD'],
      ['PUT', `/images/${imageId}`, 'GET, HEAD'],
      ['GET', '/uploads', 'POST'],
      ['TRACE', '/', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
    ] as const) {
      const answer = await ask(world.server, { method, path, headers });
      expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
    }
  });

  test('a missing bundle is said on a page', async () => {
    const own = await createWorld({ bundle: false });
    const answer = await ask(own.server, { path: '/', headers: { cookie: await signIn(own.server, 'operator') } });
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('npm run setup');
    await own.close();
  });
});
