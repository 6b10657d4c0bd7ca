/** A core that is taken away in the middle of a grading, and comes back. */
import { gradeFolder } from './samples.ts';
import { expect, freePort, gradeButton, link, serve, test } from './workstation.ts';

test('a core killed during a grading comes back with all earlier cards and no half one', async ({
  page,
  data,
  capture,
}) => {
  const port = await freePort();
  const first = await serve({ data, port });
  await page.goto(first.address);
  await gradeFolder(page, capture, 'TG-before');
  await page.keyboard.press('n');
  await page.getByRole('radio', { name: /Rig/ }).check();
  await expect(gradeButton(page)).toBeEnabled();
  await page.keyboard.press('g');
  await expect(page.getByTestId('activity')).toBeVisible();
  await first.kill();

  await expect(page.getByText(/The core is restarting/)).toBeVisible();
  await expect(page.getByText('What you see stays on the screen')).toBeVisible();
  const second = await serve({ data, port });
  // Sessions live in the core's memory: the person is told how to come back in.
  await expect(page.getByText('This desk has no session with the core')).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText('Open the address that the core printed when it started')).toBeVisible();

  await page.goto(second.address);
  await expect(gradeButton(page)).toBeEnabled();
  await link(page, 'Cards').click();
  await expect(page.getByTestId('card-row')).toHaveCount(1);
  await expect(page.getByTestId('card-row')).toContainText('TG-before');
  await page.getByTestId('card-row').getByRole('link').click();
  await expect(page.getByTestId('overlay').getByTestId('point')).toHaveCount(24);
  await link(page, 'System').click();
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await expect(page.getByText(/The chain holds/)).toBeVisible();
  await second.stop();
});
