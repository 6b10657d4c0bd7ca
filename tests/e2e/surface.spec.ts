/** The surface viewer: what it draws against formulas, keys and pointer, lost GPUs, profile and 3-D of a known dent. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page, Route } from '@playwright/test';
import { mapGroupNameSchema } from '../../src-main/contract/surface-maps.ts';
import { type Field, fieldInfo, fieldTile } from '../fixtures/surface-maps.ts';
import { runCli } from '../support/cli.ts';
import { gradeFolder } from './samples.ts';
import { expect, test } from './workstation.ts';

const settledCanvas = '[data-testid=surface-canvas][data-settled=true]';
const divider = (page: Page) => page.getByRole('separator', { name: 'Divider between the two layers' });
const pad = (page: Page) => page.getByRole('slider', { name: 'Direction of the light' });

async function openSurface(page: Page): Promise<void> {
  await page.getByTestId('overlay').first().waitFor();
  await page.keyboard.press('8');
  await settled(page);
}

async function settled(page: Page): Promise<void> {
  // One frame later at least: what was just set must have reached the canvas.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForSelector(settledCanvas, { timeout: 30_000 });
}

/** From image px to CSS px of the canvas, as the overlay says. */
async function placement(page: Page): Promise<(x: number, y: number) => readonly [number, number]> {
  const matrix = await page.getByTestId('overlay').first().locator('> g').first().getAttribute('transform');
  const [scale = 1, , , , dx = 0, dy = 0] = (matrix ?? '').slice('matrix('.length, -1).split(' ').map(Number);
  return (x, y) => [scale * x + dx, scale * y + dy];
}

/** Drawn colours at places of the canvas, CSS px. */
function pixels(page: Page, places: readonly (readonly [number, number])[], testId = 'surface-canvas') {
  return page.getByTestId(testId).evaluate(
    (canvas, at) => {
      if (!(canvas instanceof HTMLCanvasElement)) throw new Error('no canvas');
      const gl = canvas.getContext('webgl2');
      const density = canvas.width / canvas.clientWidth;
      return at.map(([x, y]) => {
        const out = new Uint8Array(4);
        gl?.readPixels(
          Math.floor(x * density),
          canvas.height - 1 - Math.floor(y * density),
          1,
          1,
          gl.RGBA,
          gl.UNSIGNED_BYTE,
          out,
        );
        return [...out];
      });
    },
    places.map(([x, y]) => [x, y] as const),
  );
}

/** sRGB code of linear light (IEC 61966-2-1). */
const coded = (light: number) => {
  const v = Math.min(1, Math.max(0, light));
  return 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
};

/** Answers all maps with a made-up field, whatever was graded. */
async function withField(page: Page, field: (width: number, height: number) => Field): Promise<void> {
  const size = { width: 0, height: 0 };
  await page.route('**/maps/**', async (route: Route) => {
    const [, , , kind = '', level = '', place = ''] = new URL(route.request().url()).pathname.split('/');
    if (kind === 'info.json') {
      const real = await (await route.fetch()).json();
      Object.assign(size, { width: Number(real.widthPx), height: Number(real.heightPx) });
      return route.fulfill({ json: fieldInfo(size.width, size.height, Number(real.pixelPitchMm)) });
    }
    const info = fieldInfo(size.width, size.height, 0.1);
    const [col = 0, row = 0] = place.split('_').map(Number);
    const group = mapGroupNameSchema.parse(kind);
    const bytes = fieldTile(info, field(size.width, size.height), group, Number(level), col, row);
    return route.fulfill({ body: Buffer.from(bytes), contentType: 'application/octet-stream' });
  });
}

const radius = 260;
/** A spherical cap around the middle, flat beyond 60 degrees; in um a ramp as height; a hole at the upper left. */
const cap =
  (width: number, height: number): Field =>
  (group, x, y) => {
    if (x < 60 && y < 60) return [Number.NaN, Number.NaN, Number.NaN];
    const [dx, dy] = [x - width / 2, y - height / 2];
    if (group === 'height') return [0.1 * (x / width - 0.5)];
    if (group !== 'relief') return [0];
    const z = Math.sqrt(Math.max(0, radius * radius - dx * dx - dy * dy));
    return z < radius / 2 ? [0, 0, 0] : [-dx / z, -dy / z, 0];
  };

async function setSlider(page: Page, name: string, value: number): Promise<void> {
  await page.getByRole('slider', { name, exact: true }).fill(String(value));
}

test('a sphere under a light from the left has the Lambert value at every place', async ({ desk, capture }) => {
  await withField(desk, cap);
  await gradeFolder(desk, capture);
  await openSurface(desk);
  await desk.getByRole('button', { name: 'Left', exact: true }).click();
  await setSlider(desk, 'Elevation', 40);
  await setSlider(desk, 'Strength', 1);
  await desk.getByLabel('White').check();
  await settled(desk);
  const [width, height] = await imageSize(desk);
  const toScreen = await placement(desk);
  const offsets = [-150, -80, 0, 80, 150].flatMap((dx) => [-120, 0, 120].map((dy) => [dx, dy] as const));
  const drawn = await pixels(
    desk,
    offsets.map(([dx, dy]) => toScreen(width / 2 + dx, height / 2 + dy)),
  );
  const [elevation, azimuth] = [(40 * Math.PI) / 180, (270 * Math.PI) / 180];
  const light = [
    Math.sin(azimuth) * Math.cos(elevation),
    -Math.cos(azimuth) * Math.cos(elevation),
    Math.sin(elevation),
  ] as const;
  for (const [i, [dx, dy]] of offsets.entries()) {
    const normal = [dx / radius, dy / radius, Math.sqrt(1 - (dx * dx + dy * dy) / radius ** 2)] as const;
    const lambert = coded(Math.max(0, normal[0] * light[0] + normal[1] * light[1] + normal[2] * light[2]));
    for (const channel of [0, 1, 2])
      expect(Math.abs((drawn[i]?.[channel] ?? 0) - lambert), `at ${dx}, ${dy}`).toBeLessThan(4);
  }
  const [left, right] = await pixels(desk, [
    toScreen(width / 2 - 150, height / 2),
    toScreen(width / 2 + 150, height / 2),
  ]);
  expect(left?.[0] ?? 0).toBeGreaterThan((right?.[0] ?? 0) + 60);
});

test('the light is moved by keys, by the disc and by dragging over the card; exaggeration deepens the shade', async ({
  desk,
  capture,
}) => {
  await withField(desk, cap);
  await gradeFolder(desk, capture);
  await openSurface(desk);
  await desk.getByLabel('White').check();
  await pad(desk).focus();
  await desk.keyboard.press('ArrowRight');
  await expect(pad(desk)).toHaveAttribute('aria-valuetext', 'from 325°, 35° high');
  await desk.keyboard.press('Shift+ArrowDown');
  await expect(pad(desk)).toHaveAttribute('aria-valuetext', 'from 325°, 34° high');

  const box = await desk.getByTestId('surface-tool').boundingBox();
  if (!box) throw new Error('nothing to drag on');
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  await desk.mouse.move(cx, cy);
  await desk.mouse.down();
  await desk.mouse.move(cx + 30, cy);
  await desk.mouse.move(cx + Math.min(box.width, box.height) / 4, cy);
  await desk.mouse.up();
  // Half way to the rim: the cosine of the elevation is a half.
  await expect(pad(desk)).toHaveAttribute('aria-valuetext', 'from 90°, 60° high');

  await settled(desk);
  const toScreen = await placement(desk);
  const [width, height] = await imageSize(desk);
  const dark = toScreen(width / 2 - 100, height / 2);
  const before = (await pixels(desk, [dark]))[0]?.[0] ?? 0;
  await setSlider(desk, 'Relief', 4);
  await settled(desk);
  const after = (await pixels(desk, [dark]))[0]?.[0] ?? 0;
  expect(after).toBeLessThan(before - 15);
});

test('two layers are compared by a divider that keys move; colours and legend tell the true values', async ({
  desk,
  capture,
}) => {
  await withField(desk, cap);
  await gradeFolder(desk, capture);
  await openSurface(desk);
  await desk.getByLabel('White').check();
  await desk.getByRole('button', { name: 'Above', exact: true }).click();
  await desk.getByLabel('Swipe').check();
  await desk.getByRole('combobox', { name: 'Right layer' }).selectOption('Height');
  // At first the range is the card's own; one end of a signed layer sets the other.
  await expect(desk.getByTestId('legend')).toHaveAccessibleName(/^From -3\d(\.\d)? µm to 3\d(\.\d)? µm$/);
  await desk.getByRole('spinbutton', { name: 'To (µm)' }).fill('100');
  await desk.keyboard.press('Enter');
  await desk
    .getByRole('region', { name: 'Right layer' })
    .getByRole('combobox', { name: 'Colours' })
    .selectOption('Grey');
  await expect(desk.getByTestId('legend')).toHaveAccessibleName('From -100 µm to 100 µm');
  await settled(desk);
  const [width, height] = await imageSize(desk);
  const toScreen = await placement(desk);
  const place = toScreen(0.62 * width, 0.6 * height);
  // 12 um in a range of -100 to 100 um.
  const grey = 255 * (0.5 + (0.1 * 0.12) / 0.2);
  const first = (await pixels(desk, [place]))[0] ?? [];
  expect(Math.abs((first[0] ?? 0) - grey)).toBeLessThan(3);
  expect(first[1]).toBe(first[0]);

  await divider(desk).focus();
  for (let i = 0; i < 6; i += 1) await desk.keyboard.press('ArrowRight');
  await expect(divider(desk)).toHaveAttribute('aria-valuenow', '80');
  await settled(desk);
  const [moved] = await pixels(desk, [place]);
  // Left of the divider now: the relit card, which under a light from above is bright.
  expect(moved?.[0] ?? 0).toBeGreaterThan(grey + 30);

  await desk.getByLabel('Side by side').check();
  await settled(desk);
  const canvas = await desk.getByTestId('surface-canvas').boundingBox();
  const half = (canvas?.width ?? 0) / 2;
  const there = (await placement(desk))(0.35 * width, 0.6 * height);
  const [beside] = await pixels(desk, [[half + there[0], there[1]]]);
  expect(Math.abs((beside?.[0] ?? 0) - 255 * (0.5 - (0.1 * 0.15) / 0.2))).toBeLessThan(3);
});

test('unknown pixels are marked, never shown as flat', async ({ desk, capture }) => {
  await withField(desk, cap);
  await gradeFolder(desk, capture);
  await openSurface(desk);
  await desk.getByRole('combobox', { name: 'Layer' }).selectOption('Unknown pixels');
  await settled(desk);
  const toScreen = await placement(desk);
  const [hole, known] = await pixels(desk, [toScreen(20, 20), toScreen(200, 200)]);
  expect(hole?.[0] ?? 0).toBeGreaterThan(200);
  expect(known?.[0] ?? 255).toBeLessThan(80);
});

test('a graphics card that is taken away and comes back leaves the same picture', async ({ desk, capture }) => {
  await withField(desk, cap);
  await gradeFolder(desk, capture);
  await openSurface(desk);
  const toScreen = await placement(desk);
  const [width, height] = await imageSize(desk);
  const places = [toScreen(width / 2 - 100, height / 2), toScreen(width / 2 + 90, height / 2 - 60)];
  const before = await pixels(desk, places);
  await desk.getByTestId('surface-canvas').evaluate((canvas) => {
    const gl = canvas instanceof HTMLCanvasElement ? canvas.getContext('webgl2') : null;
    const lose = gl?.getExtension('WEBGL_lose_context');
    Object.assign(globalThis, { giveBack: () => lose?.restoreContext() });
    lose?.loseContext();
  });
  await expect(desk.getByRole('alert')).toContainText('The graphics card was taken away');
  await desk.evaluate(() => Reflect.get(globalThis, 'giveBack')());
  await expect(desk.getByRole('alert')).toBeHidden();
  await settled(desk);
  expect(await pixels(desk, places)).toEqual(before);
});

test('without WebGL2 it says so, and the plain pictures stay', async ({ desk, page, capture }) => {
  await page.addInitScript(() => {
    const original = HTMLCanvasElement.prototype.getContext;
    Reflect.set(
      HTMLCanvasElement.prototype,
      'getContext',
      function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind === 'webgl2' ? null : Reflect.apply(original, this, [kind, ...rest]);
      },
    );
  });
  await desk.reload();
  await gradeFolder(desk, capture);
  await desk.getByTestId('overlay').first().waitFor();
  await desk.keyboard.press('8');
  await expect(desk.getByRole('alert')).toContainText('This browser has no WebGL2');
  await desk.keyboard.press('6');
  await expect(desk.getByRole('button', { name: 'Height', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect(desk.getByRole('alert')).toBeHidden();
});

test('a grading without maps says why and what to do', async ({ desk, capture }) => {
  await desk.getByRole('radio', { name: /Single image/ }).check();
  await desk.getByLabel('Image file', { exact: true }).setInputFiles(join(capture, 'light-00.png'));
  await desk.getByRole('button', { name: /^Grade the card/ }).click();
  await expect(desk.getByTestId('overlay').first()).toBeVisible({ timeout: 60_000 });
  await desk.keyboard.press('8');
  await expect(desk.getByText('There are no surface maps for this grading')).toBeVisible();
  await desk.getByRole('link', { name: 'Grade it again' }).click();
  await expect(desk.getByRole('heading', { name: 'Grade', level: 1 })).toBeVisible();
});

const dent = { kind: 'dent', atMm: [4, -3], lengthMm: 3, widthMm: 3, depthMm: 0.04 } as const;

async function dentCapture(folder: string): Promise<string> {
  const spec = join(folder, 'spec.json');
  const capture = join(folder, 'dented');
  // Matt: what gloss does to the normals is the solver's affair, here the viewer is judged.
  const looks = { art: 'plain', rotationDeg: 0, gloss: { strength: 0 } };
  const values = { seed: 5, pitchMm: 0.1, lights: 8, bits: 16, ...looks, defects: { list: [dent], dents: 0 } };
  writeFileSync(spec, JSON.stringify(values));
  const { code, stderr } = await runCli(['simulate', '--out', capture, '--spec', spec]);
  expect(code, stderr).toBe(0);
  return capture;
}

test('a dent of known depth: its profile, its values, its raking light and its shape', async ({ desk, folder }) => {
  await gradeFolder(desk, await dentCapture(folder));
  await openSurface(desk);
  // The middle of the card lies in the middle of the picture.
  const [width, height] = await imageSize(desk);
  const [x, y] = [(width - 1) / 2 + dent.atMm[0] / 0.1, (height - 1) / 2 + dent.atMm[1] / 0.1];
  const toScreen = await placement(desk);
  const stage = await desk.getByTestId('surface-tool').boundingBox();
  if (!stage) throw new Error('nothing to draw on');
  const at = (px: number, py: number) => {
    const [sx, sy] = toScreen(px, py);
    return [stage.x + sx, stage.y + sy] as const;
  };

  await desk.getByLabel('Draws a line').check();
  await desk.mouse.move(...at(x - 40, y));
  await desk.mouse.down();
  await desk.mouse.move(...at(x, y));
  await desk.mouse.move(...at(x + 40, y));
  await desk.mouse.up();
  const reading = desk.getByTestId('profile-reading');
  await expect(reading).toHaveAttribute('data-fresh', 'true');
  const figure = async (name: string) =>
    Number.parseFloat((await reading.locator(`[data-reading=${name}]`).textContent()) ?? '');
  expect(await figure('length')).toBeGreaterThan(7.8);
  expect(await figure('length')).toBeLessThan(8.2);
  expect(Math.abs((await figure('depth')) - 1000 * dent.depthMm)).toBeLessThan(100 * dent.depthMm);

  // By keys: the end moves ten pixels, a millimetre.
  const before = await figure('length');
  await desk.getByRole('button', { name: /^End/ }).press('ArrowRight');
  await expect.poll(() => figure('length')).toBeGreaterThan(before + 0.9);
  const download = desk.waitForEvent('download');
  await desk.getByRole('button', { name: 'Save CSV' }).click();
  expect((await download).suggestedFilename()).toBe('profile.csv');

  await desk.mouse.move(...at(x, y));
  await expect(desk.getByTestId('surface-values')).toContainText('Height');

  // A click with a tool in hand selects what lies under it.
  await desk.getByLabel('Moves the light').check();
  await desk.mouse.click(...at(x, y));
  await expect(desk.getByTestId('defects').locator('tr[data-selected]')).toContainText('Dent');
  await desk.getByRole('button', { name: 'Raking light' }).click();
  await expect(pad(desk)).toHaveAttribute('aria-valuetext', /12° high$/);

  await desk.getByRole('button', { name: 'In 3-D' }).last().click();
  const terrain = desk.getByTestId('terrain-canvas');
  await expect(terrain).toHaveAttribute('data-settled', 'true');
  expect(Number(await terrain.getAttribute('data-triangles'))).toBeGreaterThan(500);
  const middle = await terrain.boundingBox();
  const places = [-0.2, -0.1, 0, 0.1, 0.2].map(
    (dx) => [(middle?.width ?? 0) * (0.5 + dx), (middle?.height ?? 0) / 2] as const,
  );
  const seen = await pixels(desk, places, 'terrain-canvas');
  await desk.getByRole('application').focus();
  for (let i = 0; i < 4; i += 1) await desk.keyboard.press('ArrowRight');
  await expect.poll(() => pixels(desk, places, 'terrain-canvas')).not.toEqual(seen);
  await desk.keyboard.press('0');
  await expect.poll(() => pixels(desk, places, 'terrain-canvas')).toEqual(seen);
  await desk.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(terrain).toBeHidden();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`no accessibility violation in the surface viewer, ${colorScheme} scheme`, async ({ desk, page, capture }) => {
    await page.emulateMedia({ colorScheme });
    await gradeFolder(desk, capture);
    await openSurface(desk);
    const violations = async () => {
      const { violations: found } = await new AxeBuilder({ page }).analyze();
      return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
    };
    await desk.getByLabel('Swipe').check();
    await desk.getByRole('combobox', { name: 'Right layer' }).selectOption('Height');
    await desk.getByRole('button', { name: 'Put a line on the card' }).click();
    await expect(desk.getByTestId('profile-chart')).toBeVisible();
    expect(await violations()).toEqual([]);
    await desk.keyboard.press('v');
    await expect(desk.getByTestId('terrain-canvas')).toHaveAttribute('data-settled', 'true');
    expect(await violations()).toEqual([]);
  });

/** Of the picture that is shown, px. */
async function imageSize(page: Page): Promise<readonly [number, number]> {
  const size = await page.getByTestId('surface-canvas').getAttribute('data-image');
  const [width = 0, height = 0] = (size ?? '').split('x').map(Number);
  return [width, height];
}
