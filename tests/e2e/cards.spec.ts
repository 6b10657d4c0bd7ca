/** What happens to a card after it was graded, and to one that is not graded to its end. */
import { gradeFolder } from './samples.ts';
import { expect, gradeButton, link, test } from './workstation.ts';

test('Esc cancels the job, and nothing is kept', async ({ desk }) => {
  await expect(gradeButton(desk)).toBeEnabled();
  await desk.keyboard.press('g');
  await expect(desk.getByTestId('activity')).toBeVisible();
  await desk.keyboard.press('Escape');
  await expect(desk.getByText('The grading was cancelled. Nothing was kept.')).toBeVisible();
  await link(desk, 'Jobs').click();
  await expect(desk.getByTestId('job')).toContainText('Cancelled');
  await link(desk, 'Cards').click();
  await expect(desk.getByText('No cards yet')).toBeVisible();
});

test('cards are found by search, archived, brought back by undo, and regraded under another standard', async ({
  desk,
  capture,
}) => {
  await gradeFolder(desk, capture, 'TG-0001');
  await desk.keyboard.press('n');
  await gradeFolder(desk, capture, 'TG-0002');
  await link(desk, 'Cards').click();
  const rows = desk.getByTestId('card-row');
  const panel = desk.getByRole('region', { name: 'Result', exact: true });
  await expect(rows).toHaveCount(2);

  await desk.keyboard.press('/');
  await desk.getByRole('searchbox', { name: 'Search cards' }).pressSequentially('0002');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('TG-0002');

  await rows.getByRole('button', { name: 'Archive TG-0002' }).click();
  await expect(rows).toHaveCount(0);
  await expect(desk.getByText('No card matches')).toBeVisible();
  await desk.getByRole('button', { name: /^Undo/ }).click();
  await expect(rows).toContainText('TG-0002');

  await rows.getByRole('link').click();
  await expect(panel.getByText(/^PSA .+rules/)).toBeVisible();
  await desk.getByRole('button', { name: 'Archive' }).click();
  await expect(desk.getByRole('button', { name: 'Restore' })).toBeVisible();
  await desk.keyboard.press('u');
  await expect(desk.getByRole('button', { name: 'Archive' })).toBeVisible();

  await desk.getByRole('button', { name: 'Regrade under…' }).click();
  await desk.getByRole('menuitem', { name: /BGS/ }).click();
  await expect(panel.getByText(/^BGS .+rules/)).toBeVisible();
  await desk.reload();
  await expect(panel.getByText(/^BGS .+rules/)).toBeVisible();
  await link(desk, 'Cards').click();
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'TG-0002' })).toContainText('BGS');
  await expect(rows.filter({ hasText: 'TG-0001' })).toContainText('PSA');
});
