/** Maps that were let go are computed again from kept photographs; without those the result says what to do. */
import { AxeBuilder } from '@axe-core/playwright';
import { systemClock } from '../../src-main/core/clock/index.ts';
import { silentLog } from '../../src-main/core/log/index.ts';
import { openStore } from '../../src-main/core/store/index.ts';
import { gradeFolder } from './samples.ts';
import { expect, link, serve, test } from './workstation.ts';

test('photographs are kept when asked for, and bring the maps of a side back', async ({ page, data, capture }) => {
  test.setTimeout(180_000);
  const first = await serve({ data });
  await page.goto(first.address);
  await gradeFolder(page, capture, 'TG-bare');
  await link(page, 'Settings').click();
  const days = page.getByRole('textbox', { name: 'Keep photographs for' });
  await days.fill('4000');
  await expect(page.getByText('a whole number from 0 to 3650')).toBeVisible();
  await days.fill('30');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.getByText('Settings saved')).toBeVisible();
  await link(page, 'Grade').click();
  await gradeFolder(page, capture, 'TG-kept');
  await page.getByRole('button', { name: /Surface/ }).click();
  await expect(page.getByTestId('surface-canvas')).toBeVisible({ timeout: 60_000 });
  await link(page, 'Settings').click();
  await expect(page.getByText(/0 keeps none.*Now [\d.]+ MB for 1 side/)).toBeVisible();
  await first.stop();

  // As the days of a year would.
  const store = openStore({ folder: data, clock: systemClock, log: silentLog });
  expect(store.write('test', (tx) => tx.dropMaps('2999-01-01T00:00:00Z')).gradings).toBe(2);
  store.close();
  const second = await serve({ data });
  await page.goto(second.address);
  await link(page, 'Cards').click();
  await page.getByTestId('card-row').filter({ hasText: 'TG-bare' }).getByRole('link').click();
  const surface = page.getByRole('button', { name: /Surface/ });
  if ((await surface.getAttribute('aria-pressed')) !== 'true') await surface.click();
  await expect(page.getByText(/The photographs of this side are not here, so photograph the card again/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Compute maps again' })).toHaveCount(0);

  await link(page, 'Cards').click();
  await page.getByTestId('card-row').filter({ hasText: 'TG-kept' }).getByRole('link').click();
  const compute = page.getByRole('button', { name: 'Compute maps again' });
  await expect(compute).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
  await compute.press('Enter');
  await expect(page.getByTestId('surface-canvas')).toBeVisible({ timeout: 60_000 });
  await link(page, 'Jobs').click();
  await expect(page.getByTestId('job').first()).toContainText('Surface maps');
  await second.stop();
});
