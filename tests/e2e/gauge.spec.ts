/** The engineer's gauge study: planned, measured step by step, redone, and read. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, link, test } from './workstation.ts';

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Measures the step on the screen by its key, and waits for the next one. */
async function measure(page: Page, next: string): Promise<void> {
  await expect(page.getByRole('button', { name: /^Measure/ })).toBeEnabled();
  await page.keyboard.press('m');
  await expect(page.getByRole('heading', { name: next })).toBeVisible({ timeout: 60_000 });
}

test('a small study is planned, measured blind, redone and read', async ({ desk }) => {
  test.setTimeout(240_000);
  await link(desk, 'Gauge studies').click();
  await expect(desk.getByText('No study yet')).toBeVisible();
  expect(await violations(desk), 'empty').toEqual([]);
  await desk.getByRole('link', { name: 'New study' }).first().click();
  await desk.getByLabel('Name of the study').fill('Bench study');
  await desk.getByLabel('Cards, one a line').fill('Card 1\nCard 2');
  await desk.getByLabel('Operators, one a line').fill('Ann\nBea');
  await desk.getByLabel('Trials').fill('2');
  await expect(desk.getByText('8 measurements in all')).toBeVisible();
  expect(await violations(desk), 'plan').toEqual([]);
  await desk.getByRole('button', { name: 'Begin the study' }).click();

  await expect(desk.getByRole('heading', { name: 'Step 1 of 8' })).toBeVisible();
  await expect(desk.getByText(/^Let (Ann|Bea) place Card [12]\.$/)).toBeVisible();
  await expect(desk.getByTitle(/simulated/i).first()).toBeVisible();
  await desk.getByRole('heading', { name: 'Step 1 of 8' }).click();
  await measure(desk, 'Step 2 of 8');
  expect(await violations(desk), 'step').toEqual([]);

  await desk.getByRole('button', { name: 'Take back the last measurement' }).click();
  await expect(desk.getByRole('heading', { name: 'Step 1 of 8' })).toBeVisible();
  await measure(desk, 'Step 2 of 8');
  await expect(desk.getByTestId('study-step').first()).toContainText('attempt 2');

  await desk.getByRole('button', { name: 'Pause' }).click();
  await expect(desk.getByText('The study is paused.')).toBeVisible();
  await desk.reload();
  await desk.getByRole('button', { name: 'Go on' }).click();
  for (let step = 3; step <= 8; step++) await measure(desk, `Step ${step} of 8`);
  await measure(desk, 'Results');

  await expect(desk.getByTestId('response-leftRight')).toContainText(/\d+\.\d/);
  await expect(desk.getByTestId('response-left.7')).toBeVisible();
  await expect(desk.getByTestId('verdict')).toContainText("AIAG's guide: below 10 %");
  await expect(desk.getByText(/alpha = 0\.25/).first()).toBeVisible();
  for (const chart of ['components', 'by-part', 'by-operator', 'interaction', 'averages', 'ranges'])
    await expect(desk.getByTestId(`chart-${chart}`).locator('svg')).toBeVisible();
  expect(await violations(desk), 'results').toEqual([]);
  await desk.emulateMedia({ colorScheme: 'dark' });
  // Colours fade from one scheme to the other.
  await expect.poll(() => violations(desk), { timeout: 60_000 }).toEqual([]);

  const station = desk.getByRole('button', { name: 'Show Right 3' });
  await station.focus();
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('heading', { name: 'Right 3' })).toBeVisible();
  await desk.getByTestId('chart-by-part').getByText('Values of the chart').click();
  await expect(desk.getByTestId('chart-by-part').getByRole('row')).toHaveCount(8 + 2 + 1);

  for (const [name, begins] of [
    ['HTML', '<!doctype html>'],
    ['PDF', '%PDF-'],
    ['Data (CSV)', 'step,part,operator,trial,simulated,leftRight'],
  ] as const) {
    const download = desk.waitForEvent('download');
    await desk.getByRole('link', { name, exact: true }).click();
    const path = await (await download).path();
    expect(readFileSync(path, 'latin1').slice(0, 80)).toContain(begins);
  }

  await desk.getByRole('button', { name: 'Redo step 4' }).click();
  await desk.getByLabel('Reason').fill('a fingerprint on the border');
  await desk.getByRole('button', { name: 'Redo', exact: true }).last().click();
  await expect(desk.getByRole('heading', { name: 'Step 4 of 8' })).toBeVisible();
});

test('a table is imported, analysed, and a broken one is refused by row and column', async ({ desk, folder }) => {
  const file = join(folder, 'study.csv');
  const rows = [1, 2, 3].flatMap((part) =>
    ['A', 'B'].flatMap((op, j) =>
      [1, 2].map(
        (trial) =>
          `${part};${op};${trial};${String(part + j / 20 + trial / 30 + ((part * trial) % 3) / 90).replace('.', ',')}`,
      ),
    ),
  );
  writeFileSync(file, `Part;Appraiser;Trial;Width\n${rows.join('\n')}\n`);
  await link(desk, 'Gauge studies').click();
  await desk.getByRole('link', { name: 'Import CSV' }).click();
  await desk.locator('input[type=file]').setInputFiles(file);
  await desk.getByLabel('Tolerance').fill('5');
  expect(await violations(desk), 'import').toEqual([]);
  await desk.getByRole('button', { name: 'Import and analyse' }).click();
  await expect(desk.getByTestId('response-Width')).toContainText(/\d\.\d/);
  await expect(desk.getByTestId('chart-interaction').locator('svg')).toBeVisible();

  writeFileSync(file, `Part;Appraiser;Trial;Width\n${rows.join('\n').replace('2;A;1;', '2;A;1;about ')}\n`);
  await desk.goto(new URL('/gauge/import', desk.url()).href);
  await desk.locator('input[type=file]').setInputFiles(file);
  await desk.getByRole('button', { name: 'Import and analyse' }).click();
  await expect(desk.getByRole('alert')).toContainText('Width, row 6');
});
