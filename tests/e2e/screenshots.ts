/** Takes the pictures of the README, by hand: `node_modules/.bin/node tests/e2e/screenshots.ts` after a set-up. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { constants, crc32, deflateSync, inflateSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { gradeSample, serve } from './workstation.ts';

const images = resolve(import.meta.dirname, '..', '..', 'docs', 'images');
const mostBytes = 600_000;

mkdirSync(images, { recursive: true });
/** The same PNG with its pixels deflated as well as zlib can; Chromium's encoder prefers speed. */
function smaller(png: Buffer): Buffer {
  const kept: Buffer[] = [png.subarray(0, 8)];
  const pixels: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const end = at + 12 + png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') pixels.push(png.subarray(at + 8, end - 4));
    if (type === 'IEND')
      kept.push(
        chunk('IDAT', deflateSync(inflateSync(Buffer.concat(pixels)), { level: 9, strategy: constants.Z_FILTERED })),
      );
    if (type !== 'IDAT') kept.push(png.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const whole = Buffer.alloc(typed.length + 8);
  whole.writeUInt32BE(body.length);
  typed.copy(whole, 4);
  whole.writeUInt32BE(crc32(typed), typed.length + 4);
  return whole;
}

const data = mkdtempSync(join(tmpdir(), 'trugrade-pictures-'));
const core = await serve({ data });
const browser = await chromium.launch({
  executablePath: process.env.TRUGRADE_CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(core.address);
  await gradeSample(page);
  await page.getByTestId('overlay').waitFor();
  await page.waitForLoadState('networkidle');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // The tiles of the picture fade in.
    await page.waitForTimeout(1_500);
    const path = join(images, `grade-${colorScheme}.png`);
    const picture = smaller(await page.screenshot());
    writeFileSync(path, picture);
    const size = picture.length;
    process.stdout.write(`${path}: ${size} bytes${size > mostBytes ? ', too large for the README' : ''}\n`);
    if (size > mostBytes) process.exitCode = 1;
  }
} finally {
  await browser.close();
  await core.stop();
  rmSync(data, { recursive: true, force: true });
}
