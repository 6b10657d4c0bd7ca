/** A scale that does not fit any card is pointed at, with the scale that would. */
import { expect, test } from 'vitest';
import { scaleCheck } from './scale.ts';

test.each([
  ['a standard card', 63.5, 88.9],
  ['one that lies across', 88.7, 63.3],
  ['a Japanese card', 59.1, 86.2],
  ['a tall card', 63.4, 120.5],
])('%s is known', (_, width, height) => expect(scaleCheck({ width, height }, 0.04).status).toBe('ok'));

test('a scan at 600 dpi measured as one at 300 dpi is named with the scale that fits', () => {
  const check = scaleCheck({ width: 127, height: 177.8 }, 25.4 / 300);
  expect(check.status).toBe('warning');
  expect(check.message).toContain('127.00 x 177.80 mm');
  expect(check.message).toContain('0.04233');
});

test('a shape of no card asks for the pitch and about trimming, and names no scale', () => {
  const check = scaleCheck({ width: 50, height: 60 }, 0.04);
  expect(check.status).toBe('warning');
  expect(check.message).toContain('trimmed');
  expect(check.message).not.toContain('nearer');
});
