/** A person marks a result as no grade, by the keyboard alone; rubbish is refused; the mark is taken back. */
import { AxeBuilder } from '@axe-core/playwright';
import { gradeFolder } from './samples.ts';
import { expect, link, test } from './workstation.ts';

test('a no-grade mark with its reason, kept in the audit log, and taken back', async ({ desk, capture }) => {
  await gradeFolder(desk, capture, 'TG-mark');
  const overall = desk.getByTestId('overall');
  const graded = await overall.textContent();
  const open = desk.getByRole('button', { name: 'No grade…' });
  await open.focus();
  await desk.keyboard.press('Enter');
  const dialog = desk.getByRole('dialog', { name: 'Mark as no grade' });
  await expect(dialog).toHaveCSS('opacity', '1');
  for (const colorScheme of ['light', 'dark'] as const) {
    await desk.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);
  }

  // The reason has the focus; spaces are none, and the form says so at the field.
  const reason = dialog.getByRole('textbox', { name: 'Reason' });
  await expect(reason).toBeFocused();
  await desk.keyboard.type('   ');
  await dialog.getByRole('button', { name: 'Mark as no grade' }).press('Enter');
  await expect(reason).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog).toBeVisible();
  await reason.fill(`pen <b>left</b> ${'x'.repeat(400)}`);
  expect((await reason.inputValue()).length).toBe(300);
  await reason.fill('blue pen on the left edge');
  await dialog.getByRole('combobox', { name: 'Code' }).selectOption('N3');
  await dialog.getByRole('button', { name: 'Mark as no grade' }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(overall).not.toHaveText(graded ?? '');
  await expect(desk.getByText('blue pen on the left edge').first()).toBeVisible();
  await expect(desk.getByText(/N3/).first()).toBeVisible();
  await expect(desk.getByRole('button', { name: 'No grade…' })).toBeFocused();

  await desk.keyboard.press('Enter');
  await desk.getByRole('menuitem', { name: 'Take the mark N3 back' }).press('Enter');
  await expect(overall).toHaveText(graded ?? '');

  // Escape leaves everything as it was.
  await desk.getByRole('button', { name: 'No grade…' }).click();
  await expect(dialog).toBeVisible();
  await desk.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(overall).toHaveText(graded ?? '');

  await link(desk, 'System').click();
  await expect(desk.getByText('marked N3: blue pen on the left edge')).toBeVisible();
  await expect(desk.getByText('no-grade mark taken back')).toBeVisible();
});
