/** The main job on a fresh machine: open the printed address, press one key, read the grade, find it again. */
import { expect, gradeButton, gradeSample, link, test } from './workstation.ts';

const stages = [
  'acquisition',
  'preprocessing',
  'segmentation',
  'referencePoints',
  'refinement',
  'measurement',
  'quality',
  'output',
];

test('one key press grades the card of the simulated rig, and the grade is there after a reload', async ({
  desk,
  core,
}) => {
  await expect(gradeButton(desk)).toBeEnabled();
  const rig = desk.getByRole('region', { name: 'Rig' });
  await expect(rig).toContainText('Connected');
  await expect(rig).toContainText(/simulated/i);
  expect(desk.url()).toBe(`${core.origin}/grade`);

  await desk.keyboard.press('g');
  await expect(desk.getByTestId('activity')).toContainText('Photographing the card');
  await expect(desk.getByTestId('stage-acquisition')).toHaveAttribute('data-status', 'waiting');
  for (const stage of stages) await expect(desk.getByTestId(`stage-${stage}`)).toBeVisible();
  await expect(desk.locator('[data-testid^="stage-"][data-status="running"]')).toBeVisible({ timeout: 60_000 });

  await expect(desk.getByTestId('overall')).toHaveText(/^\d+(\.5)?$/, { timeout: 60_000 });
  for (const name of ['centering', 'corners', 'edges', 'surface'])
    await expect(desk.getByTestId(`subgrade-${name}`)).toHaveText(/\d/);
  for (const axis of ['leftRight', 'topBottom'])
    await expect(desk.getByTestId(`centering-${axis}`)).toHaveText(/\d+\.\d : \d+\.\d.*±\D*\d+\.\d+ pp/);
  await expect(desk.getByTestId('overlay').getByTestId('point')).toHaveCount(24);
  await expect(desk.locator('[data-testid="point"][data-measured="true"]')).toHaveCount(24);
  await expect(desk.getByTestId('overlay').getByTestId('outer-edge')).toHaveAttribute('d', /^M.+L.+/);
  await expect(desk.getByTestId('overlay').getByTestId('graphic-border')).toHaveAttribute('d', /^M.+L.+/);
  await expect(desk.getByTestId('overlay').getByTestId('defect').first()).toBeAttached();
  await expect(desk.getByText('Simulated', { exact: true }).first()).toBeVisible();

  const overall = await desk.getByTestId('overall').textContent();
  await desk.reload();
  await expect(desk.getByTestId('overall')).toHaveText(overall ?? '');
  await link(desk, 'Cards').click();
  await expect(desk.getByTestId('card-row')).toHaveCount(1);
  await expect(desk.getByTestId('card-row')).toContainText('Simulated rig, sample 1');
});

test('the printed address works once', async ({ desk, core, browser }) => {
  await expect(gradeButton(desk)).toBeEnabled();
  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  const answer = await page.goto(core.address);
  expect(answer?.status()).toBe(401);
  expect((await stranger.cookies()).length).toBe(0);
  await stranger.close();
});

test.describe('at the operator’s desk', () => {
  test.use({ role: 'operator' });

  test('the card is graded and read with the keyboard alone', async ({ desk }) => {
    await gradeSample(desk);
    const layer = (name: RegExp) => desk.getByRole('group', { name: 'Layer' }).getByRole('button', { name });
    const names = [/Photo/, /Albedo/, /Normals/, /Gloss/, /Curvature/, /Height/, /Residual/];
    for (const [index, name] of [...names.entries()].reverse()) {
      await desk.keyboard.press(String(index + 1));
      await expect(layer(name)).toHaveAttribute('aria-pressed', 'true');
    }

    const overlay = desk.getByTestId('overlay');
    for (const [key, part] of [
      ['p', 'point'],
      ['b', 'outer-edge'],
      ['d', 'defect'],
      ['l', 'width-label'],
    ] as const) {
      await expect(overlay.getByTestId(part).first()).toBeAttached();
      await desk.keyboard.press(key);
      await expect(overlay.getByTestId(part)).toHaveCount(0);
      await desk.keyboard.press(key);
      await expect(overlay.getByTestId(part).first()).toBeAttached();
    }
    await desk.keyboard.press('m');
    await expect(overlay.getByTestId('stations')).toBeAttached();

    const width = () => overlay.getByTestId('outer-edge').evaluate((path) => path.getBoundingClientRect().width);
    const fit = await width();
    const detail = desk.getByRole('region', { name: 'Selected defect' });
    for (const key of ['j', 'k', 'Enter']) {
      await desk.keyboard.press(key);
      await expect(detail).toBeVisible();
      await expect.poll(width).toBeGreaterThan(1.5 * fit);
      await desk.keyboard.press('0');
      await expect.poll(width).toBeLessThan(1.05 * fit);
    }

    await desk.keyboard.press('?');
    await expect(desk.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await desk.keyboard.press('Escape');
    await expect(desk.getByRole('dialog')).toHaveCount(0);

    await desk.keyboard.press('n');
    await expect(gradeButton(desk)).toBeEnabled();
    await expect(desk.getByLabel('Sample card')).toHaveValue('2');
    await expect(desk.getByRole('region', { name: 'Last graded' }).getByRole('link').first()).toBeVisible();
  });
});
