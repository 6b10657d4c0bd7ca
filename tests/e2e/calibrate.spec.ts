/** The guided calibration of the simulated rig, from an empty screen to a record with its checks. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './workstation.ts';

test('a calibration is made from guided pictures, accepted, checked for drift and tested', async ({ page, core }) => {
  test.setTimeout(420_000);
  await page.goto(core.address);
  await page.goto(`${core.origin}/calibrate`);
  await expect(page.getByText('No calibration yet')).toBeVisible();
  await expect(page.getByRole('link', { name: 'PDF' }).first()).toHaveAttribute(
    'href',
    '/documents/calibration/sheets/camera.pdf',
  );
  await page.getByRole('button', { name: 'Begin' }).click();
  const camera = page.getByRole('region', { name: '1. Camera' });
  await expect(camera.getByText('Next:')).toBeVisible();
  for (let i = 1; i <= 8; i += 1) {
    await camera.getByRole('button', { name: 'Take a view' }).click();
    await expect(camera.getByRole('row')).toHaveCount(i + 1, { timeout: 60_000 });
  }
  await expect(camera.getByText('The views determine the camera')).toBeVisible();
  await camera.getByRole('button', { name: 'Solve the camera' }).click();
  await expect(camera.getByText(/held-out corners off by/)).toBeVisible({ timeout: 60_000 });

  const plane = page.getByRole('region', { name: '2. Plane and artefact' });
  for (let i = 1; i <= 3; i += 1) {
    await plane.getByRole('button', { name: 'Take', exact: true }).first().click();
    await expect(plane.getByText(/corners found/)).toHaveCount(i, { timeout: 60_000 });
  }
  await page.getByRole('button', { name: 'Set the scale and prove it' }).click();
  await expect(page.getByText(/Held-out lengths are off by .* at most/)).toBeVisible({ timeout: 60_000 });
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole('button', { name: 'Accept and use' }).click();

  const records = page.getByRole('region', { name: 'Calibrations' });
  await expect(records.getByText('valid, in use')).toBeVisible({ timeout: 30_000 });
  await records.getByRole('button', { name: 'Check now' }).click();
  await expect(records.getByText(/Worst length .* on/)).toBeVisible({ timeout: 60_000 });
  await records.getByRole('button', { name: 'Test now' }).click();
  await expect(records.getByText(/Passed: E/)).toBeVisible({ timeout: 120_000 });
  const link = await records.getByRole('link', { name: /^PDF of/ }).getAttribute('href');
  const report = await page.request.get(`${core.origin}${link}`);
  expect(report.headers()['content-type']).toBe('application/pdf');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});
