/** Settings that decide how good a measurement is called: grading standards, assumptions, the check of the calibration. */
import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { systemClock } from '../../src-main/core/clock/index.ts';
import { createLog } from '../../src-main/core/log/index.ts';
import { foldersOf, openStore } from '../../src-main/core/store/index.ts';
import { recordMade } from '../fixtures/calibration-record.ts';
import { expect, gradeButton, gradeSample, link, serve, test } from './workstation.ts';

test.use({ actionTimeout: 20_000 });

const clean = async (page: Page) => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** A rig whose calibration was made, and last checked, so many hours ago. */
function calibrated(data: string, hoursAgo: number): void {
  mkdirSync(data, { recursive: true });
  const { root, logs } = foldersOf(data);
  const log = createLog({ folder: logs, clock: systemClock, dataFolder: root });
  const store = openStore({ folder: root, clock: systemClock, log });
  const record = recordMade(new Date(Date.now() - hoursAgo * 3_600_000));
  store.write('engineer', (tx) => {
    tx.calibrations.insert(record);
    tx.calibrations.use('simulated', record.id, 'accepted');
  });
  store.close();
  void log.close();
}

test('assumptions are changed with a source, taken back, set back, and refused where they are no numbers', async ({
  desk,
}) => {
  await link(desk, 'Settings').click();
  const panel = region(desk, 'Assumptions of the uncertainty');
  const thermal = panel.getByTestId('assumption-thermal');
  const half = thermal.getByLabel('Half width');
  const put = panel.getByRole('button', { name: 'Put in force' });
  await expect(half).toHaveValue('2 K');
  await expect(thermal.getByLabel('Coefficient')).toHaveValue('10 µm/m/K');
  await expect(put).toBeDisabled();
  await clean(desk);
  await half.fill('');
  await expect(thermal.getByText('a number from 0 on')).toBeVisible();
  await expect(put).toBeDisabled();
  await half.fill('0.5');
  await thermal.getByLabel('Source').fill('climate log, November');
  await panel.getByTestId('assumption-cutDefinition').getByLabel('Half width').fill('4');
  await expect(panel.getByText('2 changes are not in force yet')).toBeVisible();
  await put.click();
  await expect(panel.getByText(/^In force: .*, changed [0-9a-f]{8}$/)).toBeVisible();
  await clean(desk);

  await desk.getByRole('button', { name: 'Undo' }).click();
  await expect(panel.getByText(/changed/)).toHaveCount(0);
  await expect(half).toHaveValue('2 K');

  await half.fill('0.5');
  await put.click();
  await expect(panel.getByText(/, changed /)).toBeVisible();
  await desk.reload();
  await expect(half).toHaveValue('0.5 K');
  await thermal.getByRole('button', { name: 'Set "Temperature" back to the built-in value' }).click();
  await expect(half).toHaveValue('2 K');
  await put.click();
  await expect(panel.getByText(/, changed /)).toHaveCount(0);
  await link(desk, 'System').click();
  await expect(desk.getByText('settings.set').first()).toBeVisible();
});

test('grading standards are edited, refused with the field, put in force and restored', async ({ desk }) => {
  await link(desk, 'Settings').click();
  const panel = region(desk, 'Grading standards');
  await panel.getByRole('button', { name: 'Edit a copy' }).click();
  const text = panel.getByLabel('Standards as JSON');
  const before = await text.inputValue();
  await text.fill('{');
  await panel.getByRole('button', { name: 'Put in force' }).click();
  await expect(panel.getByRole('alert')).toBeVisible();
  await clean(desk);
  await text.fill(before.replace(/"version":\s*"[^"]*"/, '"version": "house rules 7"'));
  await panel.getByRole('button', { name: 'Put in force' }).click();
  await expect(panel.getByText('An edited copy is in force.')).toBeVisible();
  await expect(panel.getByText('house rules 7').first()).toBeVisible();
  await panel.getByRole('button', { name: 'Restore the built-in ones' }).click();
  await expect(panel.getByText('The built-in standards are in force.')).toBeVisible();
});

test('a calibration without a valid check marks the result, or stops grading, until it is checked', async ({
  page,
  data,
}) => {
  test.setTimeout(240_000);
  calibrated(data, 30);
  const core = await serve({ data });
  try {
    await page.goto(core.address);
    const due = page.getByTestId('daily-check');
    await expect(due).toContainText('every result is marked');
    await clean(page);

    await link(page, 'Settings').click();
    const panel = region(page, 'Check of the calibration');
    await panel.getByRole('combobox', { name: 'Without a valid check' }).click();
    await page.getByRole('option', { name: 'grade nothing on that rig' }).click();
    await panel.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Settings saved')).toBeVisible();
    await link(page, 'Grade').click();
    await expect(due).toContainText('Nothing is graded on this rig');
    await gradeButton(page).click();
    await expect(page.getByTestId('drop-area').getByRole('alert')).toContainText('more than 24 h ago');

    await link(page, 'Settings').click();
    await panel.getByRole('combobox', { name: 'Without a valid check' }).click();
    await page.getByRole('option', { name: 'grade, and mark every result' }).click();
    await panel.getByRole('button', { name: 'Save' }).click();
    await link(page, 'Grade').click();
    await expect(due).toContainText('every result is marked');
    await gradeSample(page);
    await expect(page.getByTestId('unchecked')).toHaveCount(3);
    await expect(page.getByTestId('unchecked').first()).toContainText('No valid check of the calibration');
    await page.getByRole('tab', { name: 'Checks' }).click();
    await expect(page.getByTestId('checks').getByText('stands on a calibration without a valid check')).toBeVisible();
    await clean(page);

    await page.keyboard.press('n');
    await expect(due).toBeVisible();
    await due.getByRole('button', { name: 'Check now' }).click();
    await expect(due).toHaveCount(0, { timeout: 60_000 });
    await expect(page.getByText(/Checked: worst length \d/)).toBeVisible();
  } finally {
    await core.stop();
  }
});
