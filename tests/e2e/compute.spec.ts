/** Where pixels are computed: chosen in Settings, told in System; a card is graded either way. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, gradeSample, link, test } from './workstation.ts';

test.use({ actionTimeout: 20_000 });

async function choose(desk: Page, where: string): Promise<void> {
  await link(desk, 'Settings').click();
  const panel = desk.getByRole('region', { name: 'The bench', exact: true });
  await panel.getByRole('combobox', { name: 'Compute on' }).click();
  await desk.getByRole('option', { name: where }).click();
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Settings saved').first()).toBeVisible();
}

test('the graphics card is chosen, grades or hands over to the processor, and System tells which', async ({ desk }) => {
  await choose(desk, 'Graphics card');
  expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);
  await link(desk, 'Grade').click();
  await gradeSample(desk);
  await link(desk, 'System').click();
  // With a driver, a software one too, it computes; without one the processor did, and that is told.
  const line = desk.getByRole('listitem').filter({ hasText: /^.*GPU / });
  await expect(line).toContainText(
    /used; the setting says: GPU|it failed and the processor computed|although the setting/,
    {
      timeout: 60_000,
    },
  );
  await choose(desk, 'Processor');
  await link(desk, 'System').click();
  await desk.getByRole('button', { name: 'Look again' }).click();
  await expect(line).toContainText('not used; the setting says: processor', { timeout: 60_000 });
});
