/** A borderless design with bars from edge to edge: the result asks, takes the answer, and takes it back. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { runCli } from '../support/cli.ts';
import { gradeFolder } from './samples.ts';
import { expect, test } from './workstation.ts';

test.use({ actionTimeout: 20_000 });

test('bars of a borderless design are asked about; the answer counts, and can be taken back', async ({
  desk,
  folder,
}) => {
  test.setTimeout(120_000);
  const spec = join(folder, 'bars.json');
  const defects = { scratches: 0, dents: 0, printDots: 0, edgeWhitening: 0, cornerWear: 0 };
  writeFileSync(
    spec,
    JSON.stringify({ seed: 1, designSeed: 1, borderKind: 'none', defects, lights: 3, bits: 8, pitchMm: 0.08 }),
  );
  const card = join(folder, 'bars');
  const { code, stderr } = await runCli(['simulate', '--out', card, '--spec', spec]);
  expect(code, stderr).toBe(0);

  await gradeFolder(desk, card, 'Bars');
  const question = desk.getByTestId('borders-question');
  await expect(question.getByRole('heading')).toContainText('border, or bar of the design?');
  await desk.getByRole('tab', { name: 'Widths' }).click();
  const top = desk.getByTestId('widths-top');
  await expect(top).toContainText(/\d\.\d{3}/);
  expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);

  await question.getByRole('button', { name: 'It is a bar' }).press('Enter');
  await expect(question.getByRole('heading')).toContainText('a bar of the design, as a person said');
  await expect(top).not.toContainText(/\d\.\d{3}/);
  await expect(desk.getByTestId('centering-topBottom')).toContainText('not measured');

  await question.getByRole('button', { name: 'Take the answer back' }).click();
  await expect(question.getByRole('heading')).toContainText('border, or bar of the design?');
  await expect(top).toContainText(/\d\.\d{3}/);

  await question.getByRole('button', { name: 'It is a border' }).click();
  await expect(question.getByRole('heading')).toContainText('a border, as a person said');
  await expect(top).toContainText(/\d\.\d{3}/);
});
