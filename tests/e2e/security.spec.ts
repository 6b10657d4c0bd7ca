/** What the page cannot do, what other pages cannot do to it, and what a role may not. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, gradeButton, link, test } from './workstation.ts';

test('the whole round of screens breaks no rule of the security policy', async ({ desk, complaints }) => {
  await desk.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => console.error('policy', event.violatedDirective, event.blockedURI, event.sourceFile))`,
  );
  await desk.reload();
  await expect(gradeButton(desk)).toBeEnabled();
  for (const name of ['Cards', 'Jobs', 'Logs', 'System', 'Settings', 'Grade']) {
    await link(desk, name).click();
    await expect(desk.getByRole('main').getByRole('heading', { name, exact: true })).toBeVisible();
  }
  expect(complaints.all).toEqual([]);
});

test('script that gets into the page does not run, and nothing is loaded from or sent elsewhere', async ({
  desk,
  complaints,
}) => {
  await expect(gradeButton(desk)).toBeEnabled();
  const elsewhere = await stranger('<p>elsewhere</p>');
  const other = JSON.stringify(elsewhere.origin);
  await desk.evaluate(`(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ranInline = true';
    document.body.append(script);
    const handler = document.createElement('div');
    handler.innerHTML = '<img src="/missing.png" onerror="window.ranHandler = true">';
    document.body.append(handler);
    const remote = document.createElement('script');
    remote.src = ${other} + '/x.js';
    document.body.append(remote);
    const frame = document.createElement('iframe');
    frame.src = ${other};
    document.body.append(frame);
    const form = document.createElement('form');
    form.action = ${other};
    form.method = 'post';
    document.body.append(form);
    form.submit();
    // Not by new Function: what a test evaluates may do that, against the page's policy.
    setTimeout('window.ranText = true');
    const picture = new Image();
    picture.src = ${other} + '/x.png';
  })()`);
  expect(await desk.evaluate(`fetch(${other}).then(() => 'loaded', () => 'refused')`)).toBe('refused');
  await expect.poll(() => complaints.all.length).toBeGreaterThanOrEqual(8);
  expect(await desk.evaluate('[window.ranInline, window.ranHandler, window.ranText]')).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(elsewhere.asked).toEqual([]);
  expect(new URL(desk.url()).pathname).toBe('/grade');
  complaints.forget(/Content Security Policy|violates|404|401|Refused to/);
  await elsewhere.close();
});

test('a window that the page opens elsewhere has no way back to it', async ({ desk, context }) => {
  await expect(gradeButton(desk)).toBeEnabled();
  const elsewhere = await stranger('<p>elsewhere</p>');
  const opening = context.waitForEvent('page');
  await desk.evaluate(`window.open(${JSON.stringify(elsewhere.origin)})`);
  const opened = await opening;
  await opened.waitForLoadState();
  expect(await opened.evaluate('window.opener')).toBeNull();
  await expect(gradeButton(desk)).toBeEnabled();
  await elsewhere.close();
});

test('a page of another origin can neither show nor call the workstation, though the browser is signed in', async ({
  desk,
  core,
  context,
}) => {
  await expect(gradeButton(desk)).toBeEnabled();
  const elsewhere = await stranger(`<iframe src="${core.origin}/grade"></iframe>`);
  const page = await context.newPage();
  await page.goto(elsewhere.origin);
  const api = JSON.stringify(`${core.origin}/api`);
  const ask = (path: string, method: string) =>
    page.evaluate(
      `fetch(${api} + '${path}', { method: '${method}', credentials: 'include' }).then(() => 'read', () => 'refused')`,
    );
  expect(await ask('/session', 'GET')).toBe('refused');
  expect(await ask('/backups', 'POST')).toBe('refused');
  const socket = `new Promise((done) => {
    const socket = new WebSocket(${JSON.stringify(`${core.origin.replace('http', 'ws')}/rpc`)});
    socket.onopen = () => done('open');
    socket.onerror = () => done('refused');
  })`;
  expect(await page.evaluate(socket)).toBe('refused');
  expect(await page.frames()[1]?.evaluate('document.body.innerText')).not.toContain('TruGrade');
  const backups = await desk.evaluate(`fetch('/api/backups').then((answer) => answer.json())`);
  expect(backups).toEqual([]);
  await elsewhere.close();
});

test.describe('at the annotator’s desk', () => {
  test.use({ role: 'annotator' });

  // The core answers a refused call with status 422, which browsers write to their console.
  test('there is no way to grade, and a call all the same is refused', async ({ desk, core, complaints }) => {
    await expect(link(desk, 'Cards')).toBeVisible();
    await expect(link(desk, 'Grade')).toHaveCount(0);
    await expect(link(desk, 'System')).toHaveCount(0);
    await desk.goto(`${core.origin}/grade`);
    await expect(desk).toHaveURL(/\/cards$/);
    await desk.keyboard.press('g');
    const call = (path: string, body: string) =>
      desk.evaluate(
        `fetch('/api${path}', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(body)} })
          .then((answer) => answer.text())`,
      );
    expect(await call('/grade', '{"source":{"kind":"rig","rigId":"simulated"}}')).toContain('notAllowed');
    expect(await call('/session/invite', '{"role":"engineer"}')).toContain('notAllowed');
    expect(await desk.evaluate(`fetch('/api/jobs').then((answer) => answer.json())`)).toEqual([]);
    complaints.forget(/status of 422/);
  });
});

interface Stranger {
  readonly origin: string;
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A web server of somebody else on this machine, which is the same site to the browser but another origin. */
function stranger(html: string): Promise<Stranger> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'text/html').end(html);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(listening(server, asked)));
  });
}

function listening(server: Server, asked: readonly string[]): Stranger {
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  return { origin: `http://127.0.0.1:${port}`, asked, close };
}
