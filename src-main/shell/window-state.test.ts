/** The window's place: always on a screen, whatever the file says. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bounds, placeWindow, readWindowState, smallest, writeWindowState } from './window-state.ts';

const main: Bounds = { x: 0, y: 25, width: 1920, height: 1055 };
const second: Bounds = { x: 1920, y: 0, width: 2560, height: 1440 };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trugrade-window-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('at the first start the window is in the middle of the main screen', () => {
  expect(placeWindow(undefined, [main, second])).toEqual({ x: 240, y: 102, width: 1440, height: 900 });
});

test('a place that is still there is kept', () => {
  const saved = { x: 2000, y: 100, width: 1200, height: 800 };
  expect(placeWindow(saved, [main, second])).toEqual(saved);
});

test('a window of a screen that is gone comes to the main screen', () => {
  const saved = { x: 3000, y: 100, width: 1200, height: 800 };
  expect(placeWindow(saved, [main])).toEqual({ x: 720, y: 100, width: 1200, height: 800 });
});

test('a window larger than the screen is made to fit it', () => {
  expect(placeWindow({ x: -50, y: -50, width: 9000, height: 9000 }, [main])).toEqual(main);
});

test('for any saved place and any screens the window lies on one screen and has a usable size', () => {
  const number = fc.integer({ min: -100_000, max: 100_000 });
  const bounds = fc.record({
    x: number,
    y: number,
    width: fc.integer({ min: 1, max: 100_000 }),
    height: fc.integer({ min: 1, max: 100_000 }),
  });
  const screen = fc.record({
    x: number,
    y: number,
    width: fc.integer({ min: 320, max: 8000 }),
    height: fc.integer({ min: 240, max: 8000 }),
  });
  fc.assert(
    fc.property(
      fc.option(bounds, { nil: undefined }),
      fc.array(screen, { minLength: 1, maxLength: 4 }),
      (saved, areas) => {
        const placed = placeWindow(saved, areas);
        const home = areas.find(
          (area) =>
            placed.x >= area.x &&
            placed.y >= area.y &&
            placed.x + placed.width <= area.x + area.width &&
            placed.y + placed.height <= area.y + area.height,
        );
        if (home === undefined) throw new Error('the window is on no screen');
        expect(placed.width).toBeGreaterThanOrEqual(Math.min(smallest.width, home.width));
        expect(placed.height).toBeGreaterThanOrEqual(Math.min(smallest.height, home.height));
      },
    ),
    { seed: 7 },
  );
});

test('what was written is read, and no other file stays behind', () => {
  const path = join(folder, 'new', 'window.json');
  const state = { bounds: { x: 1, y: 2, width: 1000, height: 700 }, maximized: true };
  expect(writeWindowState(path, state)).toBe(true);
  expect(readWindowState(path)).toEqual(state);
  expect(readdirSync(join(folder, 'new'))).toEqual(['window.json']);
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"bounds":{"x":0,"y":0,"width":0,"height":1},"maximized":false}',
  '{"bounds":{"x":1e9,"y":0,"width":100,"height":100},"maximized":false}',
  '{"bounds":{"x":0.5,"y":0,"width":100,"height":100},"maximized":false}',
  '{"bounds":{"x":0,"y":0,"width":100,"height":100}}',
])('a file with %s is as good as none', (text) => {
  const path = join(folder, 'bad.json');
  writeFileSync(path, text);
  expect(readWindowState(path)).toBeUndefined();
});

test('a place that cannot be written is no error', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(writeWindowState(join(folder, 'file', 'window.json'), { bounds: main, maximized: false })).toBe(false);
});
