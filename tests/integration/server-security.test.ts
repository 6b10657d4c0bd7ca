/** Everything the server must refuse (reliability figure R18), each over real sockets. */
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  ask,
  askRaw,
  createWorld,
  imageBytes,
  imageId,
  openedSocket,
  openSocket,
  originOf,
  pageHeaders,
  signIn,
  until,
  type World,
} from './server-fakes.ts';

let world: World;
let operator: string;
let annotator: string;
let engineer: string;

beforeAll(async () => {
  world = await createWorld({ uploads: { fileBytes: 1000, uploadBytes: 2500, files: 4 } });
  operator = await signIn(world.server, 'operator');
  annotator = await signIn(world.server, 'annotator');
  engineer = await signIn(world.server, 'engineer');
});
afterAll(() => world.close());

function post(path: string, cookie: string, body = '{}'): Promise<Answer> {
  const headers = { ...pageHeaders(world.server, cookie), 'content-type': 'application/json' };
  return ask(world.server, { method: 'POST', path, headers, body });
}

async function startUpload(): Promise<string> {
  const answer = await post('/uploads', operator);
  expect(answer.status).toBe(201);
  const { uploadId } = JSON.parse(answer.body);
  return `/uploads/${uploadId}`;
}

function put(path: string, body: string | Uint8Array, cookie = operator): Promise<Answer> {
  return ask(world.server, { method: 'PUT', path, headers: pageHeaders(world.server, cookie), body });
}

describe('Host', () => {
  test.each([
    ['a DNS-rebinding name', 'attacker.example'],
    ['a DNS-rebinding name with our port', 'attacker.example:PORT'],
    ['another port', '127.0.0.1:1'],
    ['no port', '127.0.0.1'],
    ['a name that begins with ours', '127.0.0.1:PORT.attacker.example'],
    ['a name that ends with ours', 'attacker.localhost:PORT'],
    ['user information', 'localhost:PORT@attacker.example'],
    ['another loopback address', '127.0.0.2:PORT'],
    ['a trailing dot', 'localhost.:PORT'],
  ])('is refused when it is %s', async (_name, pattern) => {
    const host = pattern.replace('PORT', String(world.server.port));
    const answer = await ask(world.server, { path: '/', headers: { host, cookie: operator } });
    expect(answer.status).toBe(403);
    const opened = await openSocket(world.server, { ...pageHeaders(world.server, operator), host });
    expect(opened).toEqual({ refusedWith: 403 });
  });

  test('is refused when it is missing, empty, or there twice', async () => {
    const good = `Host: 127.0.0.1:${world.server.port}\r\n`;
    const raw = (hosts: string) => askRaw(world.server.port, `GET / HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`);
    expect(await raw('Host:\r\n')).toMatch(/^HTTP\/1\.1 403/);
    expect(await raw(`Host: attacker.example\r\n${good}`)).toMatch(/^HTTP\/1\.1 40[03]/);
    expect(await raw(`${good}Host: attacker.example\r\n`)).not.toMatch(/^HTTP\/1\.1 2/);
    expect(await askRaw(world.server.port, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(await askRaw(world.server.port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403/);
  });

  test.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])('%s is accepted', async (name) => {
    const headers = { host: `${name}:${world.server.port}`, cookie: operator };
    expect((await ask(world.server, { path: '/', headers })).status).toBe(200);
  });
});

describe('Origin', () => {
  test.each([
    ['foreign', 'https://attacker.example'],
    ['another port of this machine', 'http://127.0.0.1:1'],
    ['another name of this machine than the Host', 'http://localhost:PORT'],
    ['another scheme', 'https://127.0.0.1:PORT'],
    ['null', 'null'],
  ])('is refused when it is %s', async (_name, pattern) => {
    const origin = pattern.replace('PORT', String(world.server.port));
    const headers = { cookie: engineer, origin };
    expect(await openSocket(world.server, headers)).toEqual({ refusedWith: 403 });
    expect((await ask(world.server, { method: 'POST', path: '/uploads', headers })).status).toBe(403);
    expect((await ask(world.server, { method: 'POST', path: '/api/backups', headers })).status).toBe(403);
    expect((await ask(world.server, { path: '/api/audit', headers })).status).toBe(403);
  });

  test('must be there for sockets and for whatever changes something', async () => {
    expect(await openSocket(world.server, { cookie: engineer })).toEqual({ refusedWith: 403 });
    const changes = { method: 'POST', path: '/api/backups', headers: { cookie: engineer } };
    expect((await ask(world.server, changes)).status).toBe(403);
  });

  test('may be left out for reading, unless the browser says that another site reads', async () => {
    const path = '/api/system/health';
    expect((await ask(world.server, { path, headers: { cookie: operator } })).status).toBe(200);
    for (const site of ['cross-site', 'same-site']) {
      const headers = { cookie: operator, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' };
      expect((await ask(world.server, { path, headers })).status).toBe(403);
    }
  });

  test('no answer carries a CORS header, whatever is asked', async () => {
    const headers = {
      ...pageHeaders(world.server, operator),
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const paths = ['/', '/api/system/health', `/images/${imageId}`, '/openapi.json', '/nothing.txt'];
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
      for (const path of paths) {
        const answer = await ask(world.server, { method, path, headers });
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
    expect((await ask(world.server, { method: 'OPTIONS', path: '/', headers })).status).toBe(405);
  });
});

describe('tokens and sessions', () => {
  test('without a session every path answers 401, and a person reads how to open the workstation', async () => {
    const paths = ['/', '/gradings/7', '/assets/index-Abc_12345.js', '/favicon.svg', '/api/rigs', '/openapi.json'];
    for (const path of [...paths, `/images/${imageId}`, `/images/${imageId}/info.json`, '/rpc']) {
      const answer = await ask(world.server, { path, headers: { accept: 'text/html' } });
      expect(answer.status, path).toBe(401);
      expect(answer.body).toContain('Start TruGrade Workstation again');
    }
    const api = await ask(world.server, { path: '/api/rigs' });
    expect(JSON.parse(api.body)).toMatchObject({ error: { code: 'notAllowed' } });
    expect(await openSocket(world.server, { origin: originOf(world.server) })).toEqual({ refusedWith: 401 });
    expect((await put('/uploads/abc/a.png', 'x', '')).status).toBe(401);
  });

  test.each(['wrong', '', 'x'.repeat(4000)])('a wrong token opens nothing (%#)', async (token) => {
    const answer = await ask(world.server, { path: `/?token=${token}` });
    expect(answer.status).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('a token becomes a strict HttpOnly cookie and leaves the address', async () => {
    const answer = await ask(world.server, { path: `/?token=${world.server.launchToken('operator')}` });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^trugrade-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).toContain(`trugrade-${world.server.port}=`);
  });

  test('a reload works by the cookie alone, and so does going back to the used address', async () => {
    const token = world.server.launchToken('operator');
    const first = await ask(world.server, { path: `/launch?token=${token}` });
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    for (let reload = 0; reload < 3; reload++) {
      expect((await ask(world.server, { path: '/', headers: { cookie } })).status).toBe(200);
    }
    const back = await ask(world.server, { path: `/?token=${token}`, headers: { cookie } });
    expect([back.status, back.headers.location]).toEqual([303, '/']);
  });

  test('a link followed from another site moves on by itself, since a redirect would lose the strict cookie', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const path = `/?token=${world.server.launchToken('operator')}`;
    const answer = await ask(world.server, { path, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toHaveLength(1);
    expect(answer.body).toContain('http-equiv="refresh"');
  });

  test('a token is good once, even for two at the same time', async () => {
    const path = `/?token=${world.server.launchToken('engineer')}`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(world.server, { path })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 401, 401, 401]);
  });

  test('a token ends after ten minutes, and is not used up by HEAD', async () => {
    const kept = world.server.launchToken('operator');
    expect((await ask(world.server, { method: 'HEAD', path: `/?token=${kept}` })).status).toBe(401);
    expect((await ask(world.server, { path: `/?token=${kept}` })).status).toBe(303);
    const late = world.server.launchToken('operator');
    world.clock.ms += 600_000;
    expect((await ask(world.server, { path: `/?token=${late}` })).status).toBe(401);
  });

  test('a session ends twelve hours after its last use', async () => {
    const own = await createWorld();
    const cookie = await signIn(own.server, 'operator');
    const look = async () => (await ask(own.server, { path: '/', headers: { cookie } })).status;
    own.clock.ms += 11 * 3_600_000;
    expect(await look()).toBe(200);
    own.clock.ms += 11 * 3_600_000;
    expect(await look()).toBe(200);
    own.clock.ms += 12 * 3_600_000;
    expect(await look()).toBe(401);
    await own.close();
  });

  test('an open socket closes when its session has ended', async () => {
    const own = await createWorld({ server: { limits: { heartbeatMs: 30 } } });
    const socket = await openedSocket(own.server, await signIn(own.server, 'operator'));
    let code = 0;
    socket.on('close', (received) => {
      code = received;
    });
    own.clock.ms += 13 * 3_600_000;
    await until(() => code !== 0);
    expect(code).toBe(4401);
    await own.close();
  });

  test('no secret and no token reaches the log', async () => {
    const token = world.server.launchToken('operator');
    await ask(world.server, { path: `/?token=${token}`, headers: { host: 'attacker.example' } });
    const all = world.logged.join('\n');
    expect(all).not.toContain(token);
    for (const cookie of [operator, annotator, engineer]) expect(all).not.toContain(cookie.split('=')[1]);
  });
});

describe('roles', () => {
  const source = JSON.stringify({ source: { kind: 'rig', rigId: 'simulated' } });

  test('an annotator cannot start a grading', async () => {
    const answer = await post('/api/grade', annotator, source);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'REFUSED', data: { code: 'notAllowed' } });
    expect(world.called.filter((call) => call.name === 'grade.start')).toEqual([]);
  });

  test('an operator can, and the service learns who asks', async () => {
    expect((await post('/api/grade', operator, source)).status).toBe(200);
    const call = world.called.find((each) => each.name === 'grade.start');
    expect(call?.caller).toMatchObject({ role: 'operator', actor: 'operator' });
  });

  test('an annotator cannot upload', async () => {
    const answer = await post('/uploads', annotator);
    expect(answer.status).toBe(403);
    expect((await put(`${await startUpload()}/a.png`, 'x', annotator)).status).toBe(403);
  });

  test('an operator cannot use what is for engineers, nor learn what its input looks like', async () => {
    for (const answer of [await post('/api/session/invite', operator), await post('/api/backups', operator)]) {
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'REFUSED', data: { code: 'notAllowed' } });
    }
    const audit = await ask(world.server, { path: '/api/audit', headers: { cookie: operator } });
    expect(JSON.parse(audit.body)).toMatchObject({ data: { code: 'notAllowed' } });
    const asEngineer = await ask(world.server, { path: '/api/audit', headers: { cookie: engineer } });
    expect(asEngineer.status).toBe(200);
  });

  test('nobody may touch the upload of another session', async () => {
    const upload = await startUpload();
    expect((await put(`${upload}/a.png`, 'x', engineer)).status).toBe(404);
    const headers = pageHeaders(world.server, engineer);
    expect((await ask(world.server, { method: 'DELETE', path: upload, headers })).status).toBe(404);
  });
});

describe('paths', () => {
  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%252e%252e/secret.txt',
    '//etc/passwd.txt',
    '/etc/passwd.txt',
    '/secret.txt%00.js',
    '/%00',
    '/%c0%ae%c0%ae/secret.txt',
    '/%',
    '/..\\secret.txt',
    `/images/../../secret.txt`,
    `/images/${imageId}/../../../secret.txt`,
    `/images/${imageId}%2f..%2f..`,
    '/images/../uploads',
  ])('%s leads nowhere', async (path) => {
    const answer = await ask(world.server, { path, headers: { cookie: operator } });
    expect([400, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('outside the bundle');
  });

  test('absolute-form and authority-form targets are refused', async () => {
    const rest = `Host: 127.0.0.1:${world.server.port}\r\nCookie: ${operator}\r\nConnection: close\r\n\r\n`;
    const target = `http://127.0.0.1:${world.server.port}/`;
    expect(await askRaw(world.server.port, `GET ${target} HTTP/1.1\r\n${rest}`)).toMatch(/^HTTP\/1\.1 400/);
    expect(await askRaw(world.server.port, `CONNECT a.example:80 HTTP/1.1\r\n${rest}`)).not.toMatch(/^HTTP\/1\.1 2/);
  });

  test.each(['..%2f..%2fescape.png', '%2e%2e', 'NUL.png', 'a%00.png', 'a:b.png', 'C%3A%5Ca.png', '%2fetc%2fpasswd'])(
    'an upload named %s is refused',
    async (name) => {
      const answer = await put(`${await startUpload()}/${name}`, 'x');
      expect(answer.status).toBe(400);
    },
  );

  test.each(['', 'abc', 'AB'.repeat(32), 'ab'.repeat(33), `${'ab'.repeat(31)}zz`])(
    'picture id "%s" is no id',
    async (id) => {
      const answer = await ask(world.server, { path: `/images/${id}`, headers: { cookie: operator } });
      expect([400, 404]).toContain(answer.status);
    },
  );
});

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
    expect(answer.body).toContain('npm run build');
    await own.close();
  });
});
