/** The shell's own page in real Chromium: readable in both schemes, and its buttons reach the browser as navigations. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { statusActionOf, statusUrl } from '../../src-main/shell/status-page.ts';

const url = statusUrl({
  status: 'quarantined',
  crash: {
    reason: 'outOfMemory',
    atMs: 0,
    code: null,
    signal: 'SIGABRT',
    detail: '<b>heap</b> out of memory',
    error: null,
  },
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page of a core in quarantine is readable and accessible (${colorScheme})`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await page.goto(url);
    await expect(page.getByRole('alert')).toContainText('it ran out of memory');
    await expect(page.getByRole('alert')).toContainText('<b>heap</b> out of memory');
    await expect(page.getByRole('link', { name: 'Restart' })).toBeFocused();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await context.close();
  });
}

// Not a matter of course: navigations from one data: address to another are dropped before anybody hears of them.
for (const [name, action] of [
  ['Restart', 'restart'],
  ['Open log folder', 'open-logs'],
] as const) {
  // A page of its own for each: Chromium drops a second external navigation that follows the first too soon.
  test(`the button "${name}" is heard of as a navigation that the shell understands`, async ({ page }) => {
    await page.goto(url);
    const heard: (string | undefined)[] = [];
    page.on('request', (request) => heard.push(statusActionOf(request.url(), page.url())));
    await page.getByRole('link', { name }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => heard).toEqual([action]);
  });
}
