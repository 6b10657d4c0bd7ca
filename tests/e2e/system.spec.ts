/** The desk of the engineer: logs, audit log, backups, invitations. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gradeFolder } from './samples.ts';
import { expect, gradeButton, link, test } from './workstation.ts';

test('logs are shown and searched, and hold no token', async ({ desk, core, capture, data }) => {
  await gradeFolder(desk, capture);
  await link(desk, 'Logs').click();
  const entries = desk.getByTestId('log-entry');
  await expect(entries.filter({ hasText: 'the core is up' })).toHaveCount(1);
  await desk.getByText('Debug', { exact: true }).click();
  await desk.getByRole('searchbox', { name: 'Search logs' }).fill('job done');
  await expect(entries).toHaveCount(1);
  await entries.locator('summary').click();
  await expect(entries.locator('dl')).toBeVisible();

  const written = readdirSync(join(data, 'logs')).map((name) => readFileSync(join(data, 'logs', name), 'utf8'));
  const cookies = (await desk.context().cookies()).map(({ value }) => value);
  expect(cookies.length).toBeGreaterThan(0);
  for (const secret of [core.token, ...cookies]) {
    expect(secret.length).toBeGreaterThan(20);
    expect(written.join('\n')).not.toContain(secret);
    await desk.getByRole('searchbox', { name: 'Search logs' }).fill(secret);
    await expect(desk.getByText('No entries at this level')).toBeVisible();
  }
});

test('the audit chain is verified and a backup is taken', async ({ desk, capture, data }) => {
  await gradeFolder(desk, capture);
  await link(desk, 'System').click();
  await expect(desk.getByText('grading.insert').first()).toBeVisible();
  await desk.getByRole('button', { name: 'Verify the chain' }).click();
  await expect(desk.getByText(/The chain holds: \d+ entr/)).toBeVisible();
  await desk.getByRole('button', { name: 'Back up now' }).click();
  await expect(desk.getByText('The backup is complete')).toBeVisible({ timeout: 30_000 });
  await expect(desk.getByText('verified', { exact: true })).toBeVisible();
  expect(readdirSync(join(data, 'backups')).length).toBeGreaterThan(0);
});

test('an invite link opens the workstation for one other desk, with its role', async ({ desk, browser }) => {
  await link(desk, 'System').click();
  await desk.getByLabel('Role of the desk').selectOption({ label: 'Operator' });
  await desk.getByRole('button', { name: 'Make a link' }).click();
  const address = await desk.getByLabel('Invite link').inputValue();
  const other = await browser.newContext();
  const page = await other.newPage();
  await page.goto(address);
  await expect(gradeButton(page)).toBeEnabled();
  expect(page.url()).not.toContain('token');
  await expect(link(page, 'Cards')).toBeVisible();
  await expect(link(page, 'System')).toHaveCount(0);
  await other.close();
});

test('copying works without the permission for the clipboard', async ({ desk, core, context }) => {
  await context.grantPermissions(['clipboard-read']);
  await desk.addInitScript(`Object.defineProperty(navigator.clipboard, 'writeText', {
    value: () => Promise.reject(new Error('refused')),
  })`);
  await desk.goto(`${core.origin}/system`);
  await desk.getByRole('button', { name: 'Make a link' }).click();
  const address = await desk.getByLabel('Invite link').inputValue();
  await desk.getByRole('button', { name: 'Copy' }).click();
  await expect(desk.getByText('The link is on the clipboard')).toBeVisible();
  expect(await desk.evaluate('navigator.clipboard.readText()')).toBe(address);
});
