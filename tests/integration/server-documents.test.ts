/** Documents made on demand leave as files to be saved, for those who may have them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError, refuse } from '../../src-main/core/errors/index.ts';
import { type Studies, studyDocuments } from '../../src-main/core/studies/index.ts';
import { ask, signIn } from './server-client.ts';
import { createWorld, type World } from './server-fakes.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it('is an attachment with its name, and never a page of this server', async () => {
  const cookie = await signIn(world.server, 'engineer');
  const answer = await ask(world.server, { path: '/documents/studies/s1/report.html?alpha=0.1', headers: { cookie } });
  expect(answer.status).toBe(200);
  expect(answer.body).toBe('<b>0.1</b>');
  expect(answer.headers['content-disposition']).toBe("attachment; filename*=UTF-8''st%C3%BCdy%27s.html");
  expect(answer.headers['content-security-policy']).toContain('sandbox');
  expect(world.called).toContainEqual(expect.objectContaining({ name: 'documents/studies/s1/report.html' }));
});

it('needs a session and a reading method', async () => {
  expect(await ask(world.server, { path: '/documents/studies/s1/report.html' })).toMatchObject({ status: 401 });
  const cookie = await signIn(world.server, 'engineer');
  const headers = { cookie, origin: `http://127.0.0.1:${world.server.port}` };
  expect(await ask(world.server, { method: 'POST', path: '/documents/studies/s1/x', headers })).toMatchObject({
    status: 405,
  });
});

it('serves studies to engineers only, with settings that are checked', async () => {
  const asked: unknown[] = [];
  const document: Studies['document'] = async (...given) => {
    asked.push(given);
    return { bytes: new Uint8Array(), type: 'text/csv', name: 'x' };
  };
  const none = () => {
    throw refuse('notFound', 'not here', 'elsewhere');
  };
  const parts = { list: none, get: none, create: none, importCsv: none, measure: none, withdraw: none };
  const documents = studyDocuments({ ...parts, setState: none, results: none, response: none, document });
  const read = (query: string, role: 'engineer' | 'operator', path = ['studies', 's1', 'data.csv']) =>
    documents.read(path, new URLSearchParams(query), { role, sessionId: 's', actor: 'a' });
  await read('alpha=0.05&method=xbar-r&response=left.3', 'engineer');
  expect(asked).toEqual([['s1', 'data.csv', expect.objectContaining({ alpha: 0.05, method: 'xbar-r' }), 'left.3']]);
  const coded = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });
  await expect(read('', 'operator')).rejects.toEqual(coded('notAllowed'));
  await expect(read('alpha=2', 'engineer')).rejects.toEqual(coded('schema.invalid'));
  await expect(read('colour=red', 'engineer')).rejects.toBeInstanceOf(AppError);
  await expect(read('', 'engineer', ['gradings', 's1', 'x'])).rejects.toEqual(coded('notFound'));
});
