/** Runs the built command line as a person would, and makes the small files that tests need. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const root = join(import.meta.dirname, '..', '..');
export const cliPath = join(root, 'dist', 'core', 'cli.js');
/** Real data beside the checkout; tests that use it say so and are skipped, visibly, where it is absent. */
export const sharedData = join(root, '..', 'shared', 'data');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `killAfterMs` sends SIGINT, as Ctrl+C does. */
export function runCli(
  args: readonly string[],
  options: { killAfterMs?: number; cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliPath, ...args], {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const timer =
      options.killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGINT'), options.killAfterMs);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** A folder that is gone after the test that disposes it. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'trugrade-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length, 0);
  typed.copy(out, 4);
  out.writeUInt32BE(crc32(typed), body.length + 8);
  return out;
}

/** An 8-bit grey PNG by its specification (ISO/IEC 15948), independent of the native encoder. */
export function greyPng(width: number, height: number, value: (x: number, y: number) => number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = Math.max(0, Math.min(255, Math.round(value(x, y))));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A capture of `lights` uniform frames with sound directions; `change` spoils it. */
export function writeCapture(
  folder: string,
  lights: number,
  change: (capture: CaptureJson) => void = () => undefined,
): void {
  const capture: CaptureJson = {
    schema: 'trugrade.capture/1',
    side: 'front',
    linear: true,
    pixelPitchMm: 0.1,
    lights: Array.from({ length: lights }, (_, i) => ({
      file: `light-${i}.png`,
      direction: [Math.cos((i / lights) * 2 * Math.PI), Math.sin((i / lights) * 2 * Math.PI), 1],
    })),
  };
  for (let i = 0; i < lights; i++)
    writeFileSync(
      join(folder, `light-${i}.png`),
      greyPng(96, 96, (x, y) => 60 + ((x * 7 + y * 13) % 9)),
    );
  change(capture);
  writeFileSync(join(folder, 'capture.json'), JSON.stringify(capture));
}

export interface CaptureJson {
  [field: string]: unknown;
  lights: { file: string; direction?: unknown; positionMm?: unknown; intensity?: unknown }[];
}
