/** Everything the server must refuse (reliability figure R18), each over real sockets. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  ask,
  askRaw,
  beginUpload,
  openedSocket,
  openSocket,
  originOf,
  pageHeaders,
  putFile,
  signIn,
  until,
} from './server-client.ts';
import { createWorld, imageId, type World } from './server-fakes.ts';

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

const startUpload = (): Promise<string> => beginUpload(world.server, operator);
const put = (path: string, body: string | Uint8Array, cookie = operator): Promise<Answer> =>
  putFile(world.server, cookie, path, body);

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
