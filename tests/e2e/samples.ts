/** Small simulated captures for the tests: a tenth of a millimetre per pixel grades in about a second. */
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { runCli } from '../support/cli.ts';

/** Writes `folder/card-<seed>`, without the simulator's truth: six frames and capture.json. */
export async function makeCapture(folder: string, seed: number): Promise<string> {
  const capture = join(folder, `card-${seed}`);
  const args = ['simulate', '--out', capture, '--seed', String(seed), '--pitch', '0.1', '--lights', '6', '--bits', '8'];
  const { code, stderr } = await runCli(args);
  expect(code, stderr).toBe(0);
  for (const name of readdirSync(capture)) if (/truth/.test(name)) rmSync(join(capture, name));
  return capture;
}

/** The capture with its first frame cut off in the middle, as by a full disk. */
export function spoiltCapture(folder: string, capture: string): string {
  const spoilt = join(folder, 'spoilt');
  cpSync(capture, spoilt, { recursive: true });
  const frame = join(spoilt, 'light-00.png');
  truncateSync(frame, Math.floor(readFileSync(frame).length / 2));
  return spoilt;
}

/** The frames alone. */
export function withoutDescription(folder: string, capture: string): string {
  const bare = join(folder, 'bare');
  mkdirSync(bare);
  for (const name of readdirSync(capture))
    if (name.endsWith('.png')) copyFileSync(join(capture, name), join(bare, name));
  return bare;
}

export async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.getByLabel('Capture folder', { exact: true }).last().setInputFiles(folder);
}

/** Grades a capture folder through the page, under a card id. */
export async function gradeFolder(page: Page, folder: string, cardId = ''): Promise<void> {
  await chooseFolder(page, folder);
  await expect(page.getByTestId('chosen')).toBeVisible();
  await page.getByLabel('Card id').fill(cardId);
  await page.getByRole('button', { name: /^Grade the card/ }).click();
  await expect(page.getByTestId('overall')).toBeVisible({ timeout: 60_000 });
}
