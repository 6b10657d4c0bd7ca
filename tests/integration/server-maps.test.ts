/** Tiles of maps over HTTP: as they are stored for those who can inflate, inflated for others, and nothing without a session. */
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuse } from '../../src-main/core/errors/index.ts';
import { fieldInfo } from '../fixtures/surface-maps.ts';
import { ask, originOf, signIn } from './server-client.ts';
import { createWorld, imageId, type World } from './server-fakes.ts';

let world: World;
let cookie: string;
const asked: unknown[] = [];

beforeAll(async () => {
  world = await createWorld({
    services: (made) => ({
      ...made,
      maps: {
        info: async (id) => {
          if (id !== imageId) throw refuse('notFound', 'there are no such maps', 'reload the list of cards');
          return fieldInfo(100, 200, 0.04);
        },
        tile: async (id, group, place) => {
          asked.push([id, group, place]);
          return deflateSync(Buffer.from('values'));
        },
      },
    }),
  });
  cookie = await signIn(world.server, 'annotator');
});
afterAll(() => world.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  ask(world.server, { method, path, headers: { cookie, ...headers } });

test('what the maps hold, for good', async () => {
  const answer = await get(`/maps/${imageId}/info.json`);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ schema: 'trugrade.maps/1', widthPx: 100, heightPx: 200 });
  expect(answer.headers['cache-control']).toBe('private, max-age=31536000, immutable');
  expect((await get(`/maps/${'cd'.repeat(32)}/info.json`)).status).toBe(404);
});

test('a tile leaves as it is stored, or inflated for a client that cannot', async () => {
  const path = `/maps/${imageId}/relief/12/3_4`;
  const plain = await get(path);
  expect([plain.status, plain.body, plain.headers['content-encoding']]).toEqual([200, 'values', undefined]);
  const packed = await get(path, { 'accept-encoding': 'gzip, deflate, br' });
  expect(packed.headers['content-encoding']).toBe('deflate');
  expect(packed.headers['content-length']).toBe(String(deflateSync(Buffer.from('values')).length));
  expect(packed.headers.vary).toBe('Accept-Encoding');
  expect(asked[0]).toEqual([imageId, 'relief', { level: 12, col: 3, row: 4 }]);
  expect((await get(path, {}, 'HEAD')).body).toBe('');
});

test('no session, no tile; nothing but plain addresses, nothing but reading', async () => {
  expect((await ask(world.server, { path: `/maps/${imageId}/relief/12/3_4` })).status).toBe(401);
  const before = asked.length;
  for (const path of [
    `/maps/${imageId}`,
    `/maps/${imageId}/secret/12/3_4`,
    `/maps/${imageId}/relief/12/3_4/5`,
    `/maps/${imageId}/relief/-1/3_4`,
    `/maps/${imageId}/relief/12/3_4.bin`,
    '/maps/abc/relief/12/3_4',
  ])
    expect((await get(path)).status, path).toBe(404);
  const put = await get(`/maps/${imageId}/relief/12/3_4`, { origin: originOf(world.server) }, 'PUT');
  expect([put.status, put.headers.allow]).toEqual([405, 'GET, HEAD']);
  expect(asked).toHaveLength(before);
});
