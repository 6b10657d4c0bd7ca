/** The lights of the rig: found from balls, shown with residuals and disagreement, kept, put in use and out of it. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, link, test } from './workstation.ts';

test.use({ actionTimeout: 20_000 });

const clean = async (page: Page) => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

test('the lights are found from a mirror ball and a matte ball, kept as a record and put in use', async ({ desk }) => {
  test.setTimeout(180_000);
  await link(desk, 'Calibrate').click();
  await desk.getByText('Lights', { exact: true }).click();
  await expect(desk.getByText('No calibration of the lights yet')).toBeVisible();
  const find = desk.getByRole('button', { name: 'Find the lights' });
  await expect(find).toBeDisabled();
  await clean(desk);

  await desk.getByRole('button', { name: 'Take with the rig: Mirror ball' }).click();
  await desk.getByRole('button', { name: 'Take with the rig: Matte ball' }).click();
  await expect(desk.getByTestId('chosen-mirror')).toContainText('taken by the rig');
  await find.click();
  await expect(desk.getByRole('progressbar', { name: 'Finding the lights' })).toBeVisible();
  const found = desk.getByTestId('light-result');
  await expect(found).toBeVisible({ timeout: 60_000 });
  await expect(found.getByRole('img', { name: 'Directions of 8 lights' })).toBeVisible();
  await expect(
    found.getByText(/Mirror ball and Matte ball differ by 0\.\d+° in the mean, 0\.\d+° at most/),
  ).toBeVisible();
  // The ring of the simulated rig: 22.5 degrees and on, all 45 degrees up.
  const mirror = found.getByRole('table', { name: /^Mirror ball/ });
  const [azimuth, elevation] = await mirror.getByRole('row').nth(1).getByRole('cell').allTextContents();
  expect(Math.abs(Number.parseFloat(azimuth ?? '') - 22.5)).toBeLessThan(0.5);
  expect(Math.abs(Number.parseFloat(elevation ?? '') - 45)).toBeLessThan(0.5);
  await clean(desk);

  await desk.getByLabel('Name').fill('Ring, new lamps');
  await desk.getByRole('button', { name: 'Accept and use' }).click();
  const record = desk.getByTestId('light-record');
  await expect(record).toContainText('Ring, new lamps');
  await expect(record).toContainText('in use');
  await expect(found).toHaveCount(0);
  await record.getByRole('button', { name: 'Take out of use' }).click();
  await expect(record.getByText('in use', { exact: true })).toHaveCount(0);
  await desk.getByRole('button', { name: 'Undo' }).click();
  await expect(record.getByText('in use', { exact: true })).toBeVisible();
  await record.getByRole('button', { name: 'Show what was found' }).click();
  await expect(record.getByRole('table')).toHaveCount(2);
  await clean(desk);

  await link(desk, 'System').click();
  await expect(desk.getByText('lights.insert').first()).toBeVisible();
});

test('what cannot tell the lights is refused with what to do', async ({ desk, capture }) => {
  await link(desk, 'Calibrate').click();
  await desk.getByText('Lights', { exact: true }).click();
  // A capture of a card is no ball.
  await desk.getByLabel('Capture folder of: Matte ball').setInputFiles(capture);
  await expect(desk.getByTestId('chosen-matte')).toContainText('7 files chosen');
  await desk.getByRole('button', { name: 'Find the lights' }).click();
  await expect(desk.getByRole('alert')).toContainText('does not shade like one', { timeout: 60_000 });
});
