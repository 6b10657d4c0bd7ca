/** Design templates on the screen: taught from a graded card, matched to another, changed, brought back, archived. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { runCli } from '../support/cli.ts';
import { gradeFolder } from './samples.ts';
import { expect, link, test } from './workstation.ts';

/** A borderless card of one design, its print moved by `offset`. */
async function borderless(folder: string, seed: number, offset: readonly [number, number]): Promise<string> {
  const spec = join(folder, `spec-${seed}.json`);
  const damage = { scratches: 0, dents: 0, printDots: 0, edgeWhitening: 0, cornerWear: 0 };
  const design = { designSeed: 5, borderKind: 'none', printTiltDeg: 0, printOffsetMm: offset, defects: damage };
  writeFileSync(spec, JSON.stringify({ seed, ...design, lights: 3, bits: 8, pitchMm: 0.08 }));
  const out = join(folder, `borderless-${seed}`);
  const { code, stderr } = await runCli(['simulate', '--out', out, '--spec', spec]);
  expect(code, stderr).toBe(0);
  return out;
}

test.use({ actionTimeout: 20_000 });

const clean = async (page: Page) => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
const shown = (page: Page, name: string) => expect(dialog(page, name)).toHaveCSS('opacity', '1');

test('a template is taught, recognised on another card, changed with undo, given back and archived', async ({
  desk,
  folder,
}) => {
  test.setTimeout(240_000);
  const [example, other] = [await borderless(folder, 1, [0, 0]), await borderless(folder, 2, [0.4, -0.3])];
  await link(desk, 'Templates').click();
  await expect(desk.getByText('No templates yet')).toBeVisible();
  await clean(desk);

  await link(desk, 'Grade').click();
  await gradeFolder(desk, example, 'Lake 1');
  await desk.getByRole('tab', { name: 'Widths' }).click();
  await desk.getByRole('button', { name: 'Learn a template from this card' }).click();
  const teach = dialog(desk, 'Learn a template');
  await expect(teach.getByTestId('anchor-count')).toHaveText(/^\d+ anchors$/, { timeout: 60_000 });
  await shown(desk, 'Learn a template');
  await clean(desk);
  // An anchor is moved by the keyboard alone, and the proposal comes back.
  const anchor = teach.getByRole('button', { name: /^Anchor 1 at/ });
  const before = await anchor.getAttribute('aria-label');
  await anchor.focus();
  await desk.keyboard.press('ArrowRight');
  await expect(anchor).not.toHaveAttribute('aria-label', before ?? '', { timeout: 60_000 });
  await teach.getByRole('button', { name: 'Propose anew' }).click();
  await expect(anchor).toHaveAttribute('aria-label', before ?? '');
  await teach.getByRole('textbox', { name: 'Name' }).fill('Lake');
  await teach.getByRole('textbox', { name: 'Set' }).fill('First');
  await teach.getByRole('switch', { name: 'The design has a nominal frame' }).press(' ');
  await teach.getByRole('button', { name: 'Save the template' }).click();
  await expect(desk.getByText('The template "Lake" is kept')).toBeVisible({ timeout: 60_000 });

  await link(desk, 'Templates').click();
  const item = desk.getByTestId('template');
  await expect(item.getByRole('heading', { name: 'Lake' })).toBeVisible();
  await expect(item).toContainText('version 1');
  await clean(desk);

  await link(desk, 'Grade').click();
  await gradeFolder(desk, other, 'Lake 2');
  await desk.getByRole('tab', { name: 'Widths' }).click();
  const print = desk.getByTestId('print');
  await expect(print).toContainText('Registered to "Lake", recognised');
  await expect(print.getByText(/^0\.(39|40)\d mm ± /)).toBeVisible();
  await expect(print.getByText(/^-0\.(29|30)\d mm ± /)).toBeVisible();
  await clean(desk);

  await link(desk, 'Templates').click();
  await item.getByRole('button', { name: 'Change Lake' }).click();
  await shown(desk, 'Change the template');
  await clean(desk);
  await dialog(desk, 'Change the template').getByRole('textbox', { name: 'Name' }).fill('Lake, full art');
  await desk.keyboard.press('Enter');
  await expect(item.getByRole('heading', { name: 'Lake, full art' })).toBeVisible();
  await expect(item).toContainText('version 2');
  await desk.getByRole('button', { name: 'Undo' }).click();
  await expect(item.getByRole('heading', { name: 'Lake', exact: true })).toBeVisible();
  await expect(item).toContainText('version 3');

  await item.getByRole('button', { name: 'Versions of Lake' }).click();
  await shown(desk, 'Versions of Lake');
  const versions = desk.getByTestId('template-version');
  await expect(versions).toHaveCount(3);
  await expect(versions.nth(1)).toContainText('name "Lake, full art"');
  await expect(versions.nth(2)).toContainText('Learned from Lake 1');
  await clean(desk);
  await desk.getByRole('button', { name: 'Use version 2 again' }).click();
  await expect(versions).toHaveCount(4);
  await desk.keyboard.press('Escape');
  await expect(item.getByRole('heading', { name: 'Lake, full art' })).toBeVisible();

  // The report keeps the name that the template had then.
  await link(desk, 'Cards').click();
  await desk.getByTestId('card-row').filter({ hasText: 'Lake 2' }).getByRole('link').first().click();
  await desk.getByRole('tab', { name: 'Widths' }).click();
  await expect(desk.getByTestId('print')).toContainText('Registered to "Lake", recognised');

  await link(desk, 'Templates').click();
  await item.getByRole('button', { name: 'Archive Lake, full art' }).click();
  await expect(item).toHaveCount(0);
  await desk.getByRole('button', { name: 'Undo' }).last().click();
  await expect(item).toHaveCount(1);
  await item.getByRole('button', { name: 'Archive Lake, full art' }).click();
  await expect(desk.getByText('No templates yet')).toBeVisible();
  await desk.getByRole('switch', { name: 'Archived' }).press(' ');
  await expect(item).toHaveCount(1);
});
