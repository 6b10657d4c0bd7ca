/** A scan of several cards: shown with numbers, chosen by tick boxes, each graded for itself. */
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { temporaryFolder } from '../support/cli.ts';
import { writeSheet } from '../support/sheet.ts';
import { expect, gradeButton, link, test } from './workstation.ts';

/** 120 dpi. */
const pitchMm = 25.4 / 120;

test('the cards of one scan are found, numbered, chosen and graded one by one', async ({ desk }) => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, 'four.png');
  const borders = [3, 4.5, 2.8, 4.2] as const;
  writeSheet(path, {
    ...{ widthMm: 160, heightMm: 215, pitchMm },
    cards: [
      { xMm: 42, yMm: 55, angleDeg: 1, borders },
      { xMm: 117, yMm: 56, angleDeg: -2, borders },
      { xMm: 42, yMm: 158, angleDeg: 0, borders },
      // Runs out at the right.
      { xMm: 140, yMm: 158, angleDeg: 0, borders },
    ],
  });
  await desk.getByRole('radio', { name: /Single image/ }).check();
  await desk.getByLabel('Image file', { exact: true }).setInputFiles(path);
  await desk.getByLabel(/Pixel pitch/).fill(String(pitchMm));
  await desk.getByRole('combobox', { name: 'Encoding' }).click();
  await desk.getByRole('option', { name: 'Linear' }).click();
  await gradeButton(desk).click();

  await expect(desk.getByRole('heading', { name: 'Cards on the picture' })).toBeVisible({ timeout: 30_000 });
  const box = (number: number) => desk.getByRole('checkbox', { name: `Card ${number}` });
  for (const number of [1, 2, 3]) await expect(box(number)).toBeChecked();
  await expect(box(4)).toBeDisabled();
  await expect(desk.getByTestId('sheet-card-4')).toContainText('runs out of the picture at its right side');
  const { violations } = await new AxeBuilder({ page: desk }).analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))).toEqual([]);

  await box(2).uncheck();
  await desk.getByRole('button', { name: /Grade 2 cards/ }).click();
  for (const number of [1, 3])
    await expect(desk.getByRole('link', { name: `Open the result, Card ${number}` })).toBeVisible({ timeout: 60_000 });
  await desk.getByRole('link', { name: 'Open the result, Card 3' }).click();
  await expect(desk.getByTestId('overlay').getByTestId('point')).toHaveCount(24, { timeout: 30_000 });
  await expect(desk.getByTestId('centering-leftRight')).toContainText('40.0 : 60.0');
  await link(desk, 'Cards').click();
  await expect(desk.getByTestId('card-row')).toHaveCount(2);
  await expect(desk.getByTestId('card-row').first()).toContainText('four.png, card 3');
});
