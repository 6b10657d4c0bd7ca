/** Measures the surface viewer in Chromium and prints what it found as JSON: `node tests/e2e/surface-figures.ts CAPTURE`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { gradingPageSchema, gradingSchema, mapsInfoSchema } from '../../src-main/contract/index.ts';
import { chooseFolder } from './samples.ts';
import { gradeButton, serve } from './workstation.ts';

const settled = '[data-testid=surface-canvas][data-settled=true]';
/** How long the light is dragged. */
const dragMs = 3_000;

async function grade(page: Page, capture: string): Promise<void> {
  await chooseFolder(page, capture);
  await gradeButton(page).click();
  await page.getByTestId('overall').waitFor({ timeout: 600_000 });
  await page.getByTestId('overlay').first().waitFor();
}

/** Milliseconds from a key until every tile that the view needs is drawn. */
async function untilSettled(page: Page, key: string): Promise<number> {
  const started = performance.now();
  await page.keyboard.press(key);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForSelector(settled, { timeout: 120_000 });
  return performance.now() - started;
}

/** Frames drawn in a second, and the share of the full resolution they had, while the light circles over the card. */
function drag(page: Page): Promise<{ readonly fps: number; readonly share: number; readonly bytes: number }> {
  return page.evaluate(async (ms) => {
    const canvas = document.querySelector('[data-testid=surface-canvas]');
    const tool = document.querySelector('[data-testid=surface-tool]');
    if (!(canvas instanceof HTMLCanvasElement) || !tool) throw new Error('the surface is not open');
    const box = tool.getBoundingClientRect();
    const send = (type: string, turn: number) => {
      const [x, y] = [
        box.left + box.width * (0.5 + 0.3 * Math.cos(turn)),
        box.top + box.height * (0.5 + 0.3 * Math.sin(turn)),
      ];
      tool.dispatchEvent(new PointerEvent(type, { bubbles: true, clientX: x, clientY: y, pointerId: 1, button: 0 }));
    };
    Reflect.set(tool, 'setPointerCapture', () => undefined);
    send('pointerdown', 0);
    const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
    // The machine finds its pace first.
    const from = await frame();
    for (let now = from; now < from + 1_000; now = await frame()) send('pointermove', now / 300);
    const gl = canvas.getContext('webgl2');
    const [before, start] = [Number(canvas.dataset.frames), performance.now()];
    while (performance.now() < start + ms) {
      send('pointermove', performance.now() / 300);
      await frame();
      // Waits for the drawing itself, which else runs behind.
      gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    }
    const seconds = (performance.now() - start) / 1000;
    send('pointerup', 0);
    const { frames, share, bytes } = canvas.dataset;
    return { fps: (Number(frames) - before) / seconds, share: Number(share), bytes: Number(bytes) };
  }, dragMs);
}

/** Milliseconds that single tiles take from request to inflated bytes, and what the grading's maps take on the disk. */
async function tiles(page: Page) {
  const read = (address: string) => page.evaluate(async (at): Promise<unknown> => (await fetch(at)).json(), address);
  const list = await read('/api/gradings');
  const [newest] = gradingPageSchema.parse(list).items;
  const { maps } = gradingSchema.parse(await read(`/api/gradings/${newest?.id ?? ''}`));
  if (!maps) throw new Error('the grading has no maps');
  const info = mapsInfoSchema.parse(await read(`/maps/${maps.id}/info.json`));
  const addresses = Array.from(
    { length: 24 },
    (_, i) => `/maps/${maps.id}/${i % 2 ? 'relief' : 'height'}/${info.levels - 1}/${i % 3}_${i % 4}`,
  );
  const ms = await page.evaluate(async (list) => {
    const found: number[] = [];
    for (const address of list) {
      const started = performance.now();
      await (await fetch(address, { cache: 'no-store' })).arrayBuffer();
      found.push(performance.now() - started);
    }
    return found;
  }, addresses);
  return { ms, diskBytes: maps.bytes, pixels: info.widthPx * info.heightPx };
}

const capture = process.argv[2];
if (capture === undefined) throw new Error('name a capture folder');
const data = mkdtempSync(join(tmpdir(), 'trugrade-viewer-'));
const core = await serve({ data });
// A GPU is used where Chromium finds one; without one it draws by SwiftShader, which `renderer` then says.
const args = ['--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
const browser = await chromium.launch({
  executablePath: process.env.TRUGRADE_CHROMIUM ?? '/usr/bin/chromium',
  args: [...args, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(core.address);
  await grade(page, capture);
  const openMs = await untilSettled(page, '8');
  const whole = await drag(page);
  await page.waitForSelector(settled);
  const closeMs = await untilSettled(page, 'z');
  const close = await drag(page);
  const renderer = await page.evaluate(() => {
    const gl = document.createElement('canvas').getContext('webgl2');
    const debug = gl?.getExtension('WEBGL_debug_renderer_info');
    return String(debug ? gl?.getParameter(debug.UNMASKED_RENDERER_WEBGL) : 'no WebGL2');
  });
  const figures = { renderer, openMs, whole, closeMs, close, ...(await tiles(page)) };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await browser.close();
  await core.stop();
  rmSync(data, { recursive: true, force: true });
}
