/** Where the window was, kept between starts and brought back onto a screen that is still there. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** Device-independent pixels; the numbers of a broken file are bounded before anything is done with them. */
const side = z.int().min(-100_000).max(100_000);
const boundsSchema = z.object({ x: side, y: side, width: side.min(1), height: side.min(1) });
const windowStateSchema = z.object({ bounds: boundsSchema, maximized: z.boolean() });

export type Bounds = z.infer<typeof boundsSchema>;
export type WindowState = z.infer<typeof windowStateSchema>;

export const smallest = { width: 960, height: 640 } as const;
const preferred = { width: 1440, height: 900 } as const;

/**
 * @param saved what was kept, undefined at the first start
 * @param areas the work areas of the screens that are there now, the main one first
 * @returns bounds that lie wholly on one of the screens, no smaller than it and we allow
 */
export function placeWindow(saved: Bounds | undefined, areas: readonly Bounds[]): Bounds {
  const area = (saved && nearest(saved, areas)) ?? areas[0] ?? { x: 0, y: 0, ...preferred };
  const wanted = saved ?? centred(area);
  const width = clamp(wanted.width, Math.min(smallest.width, area.width), area.width);
  const height = clamp(wanted.height, Math.min(smallest.height, area.height), area.height);
  return {
    x: clamp(wanted.x, area.x, area.x + area.width - width),
    y: clamp(wanted.y, area.y, area.y + area.height - height),
    width,
    height,
  };
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

function centred(area: Bounds): Bounds {
  const width = Math.min(preferred.width, area.width);
  const height = Math.min(preferred.height, area.height);
  const x = area.x + Math.floor((area.width - width) / 2);
  const y = area.y + Math.floor((area.height - height) / 2);
  return { x, y, width, height };
}

/** The screen that shows most of the window; undefined when none shows any of it. */
function nearest(bounds: Bounds, areas: readonly Bounds[]): Bounds | undefined {
  const shares = areas.map((area) => ({ area, share: overlap(bounds, area) })).filter(({ share }) => share > 0);
  return shares.sort((a, b) => b.share - a.share)[0]?.area;
}

function overlap(a: Bounds, b: Bounds): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(width, 0) * Math.max(height, 0);
}

/** Undefined when the file is missing or not ours: a window's place is not worth an error. */
export function readWindowState(path: string): WindowState | undefined {
  try {
    const parsed = windowStateSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all. @returns false when the disk did not take it */
export function writeWindowState(path: string, state: WindowState): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, `${JSON.stringify(state)}\n`);
    renameSync(`${path}.new`, path);
    return true;
  } catch {
    return false;
  }
}
