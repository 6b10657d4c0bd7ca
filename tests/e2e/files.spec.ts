/** Cards from files: chosen or dropped, whole or broken. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { chooseFolder, gradeFolder, spoiltCapture, withoutDescription } from './samples.ts';
import { expect, gradeButton, link, test } from './workstation.ts';

const imageInput = (page: Page) => page.getByLabel('Image file', { exact: true });

/** Drops a file on the screen as a file manager does. */
async function drop(page: Page, name: string, content: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(content.toString('base64'))}), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], ${JSON.stringify(name)}));
    return data;
  })()`);
  const area = page.getByTestId('drop-area');
  for (const type of ['dragenter', 'dragover', 'drop']) await area.dispatchEvent(type, { dataTransfer: transfer });
}

test('a capture folder is uploaded and graded under its card id', async ({ desk, capture }) => {
  await gradeFolder(desk, capture, 'TG-0007');
  await expect(desk.getByTestId('overlay').getByTestId('point')).toHaveCount(24);
  await expect(desk.getByTestId('subgrade-surface')).toHaveText(/\d/);
  await link(desk, 'Cards').click();
  await expect(desk.getByTestId('card-row')).toContainText('TG-0007');
});

test('a single image is measured, gets no grade, and says why a person is needed', async ({ desk, capture }) => {
  await desk.getByRole('radio', { name: /Single image/ }).check();
  await expect(gradeButton(desk)).toBeDisabled();
  await imageInput(desk).setInputFiles(join(capture, 'light-00.png'));
  await expect(desk.getByTestId('chosen')).toContainText('light-00.png');
  const pitch = desk.getByLabel(/Pixel pitch/);
  await pitch.fill('abc');
  await expect(gradeButton(desk)).toBeDisabled();
  await pitch.fill('0.1');
  await gradeButton(desk).click();
  await expect(desk.getByTestId('overall')).toHaveText('—', { timeout: 60_000 });
  const why = desk.getByRole('region', { name: 'Needs a person' });
  await expect(why).toContainText(/surface|light/i);
  await expect(why).toContainText('What to do');
  await expect(desk.getByTestId('centering-leftRight')).toHaveText(/\d+\.\d : \d+\.\d/);
  await expect(desk.getByRole('region', { name: 'Result', exact: true }).getByText('0.10000 mm/px')).toBeVisible();
});

test('an image dropped on the screen is taken as the source', async ({ desk, capture }) => {
  await expect(gradeButton(desk)).toBeEnabled();
  await drop(desk, 'dropped.png', readFileSync(join(capture, 'light-00.png')));
  await expect(desk.getByTestId('chosen')).toContainText('dropped.png');
  await expect(desk.getByRole('radio', { name: /Single image/ })).toBeChecked();
  await drop(desk, 'notes.pdf', Buffer.from('%PDF-1.7'));
  await expect(desk.getByRole('alert')).toContainText('Notes.pdf is no PNG, TIFF or JPEG');
});

test.describe('bad input', () => {
  // The core answers a refused capture with status 422, which browsers write to their console.
  const refusals = /status of 4\d\d/;

  test('a broken PNG is refused by its name, with what to do; nothing is kept', async ({
    desk,
    capture,
    folder,
    complaints,
  }) => {
    await chooseFolder(desk, spoiltCapture(folder, capture));
    await desk.keyboard.press('g');
    const alert = desk.getByRole('alert');
    await expect(alert).toContainText('The PNG file ends early', { timeout: 30_000 });
    await expect(alert).toContainText('light-00.png');
    await expect(alert).toContainText('What to do');
    await expect(alert).toContainText('Take or export the image again');
    await link(desk, 'Cards').click();
    await expect(desk.getByText('No cards yet')).toBeVisible();
    complaints.forget(refusals);
  });

  test('a folder without capture.json is refused before anything is sent', async ({ desk, capture, folder }) => {
    const bare = withoutDescription(folder, capture);
    await chooseFolder(desk, bare);
    const alert = desk.getByRole('alert');
    await expect(alert).toContainText('There is no capture.json in the folder');
    await expect(alert).toContainText(basename(bare));
    await expect(alert).toContainText('Choose the folder that the rig or the simulator wrote');
    await alert.getByRole('button', { name: 'Close' }).click();
    await expect(alert).toHaveCount(0);
  });

  test('a file that only calls itself a PNG is refused', async ({ desk, complaints }) => {
    await imageInput(desk).setInputFiles({
      name: 'fake.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no picture'),
    });
    await gradeButton(desk).click();
    const alert = desk.getByRole('alert');
    await expect(alert).toContainText('fake.png', { timeout: 30_000 });
    await expect(alert).toContainText('What to do');
    complaints.forget(refusals);
  });
});
