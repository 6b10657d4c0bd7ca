/** Resolution while something moves. */
import { describe, expect, test } from 'vitest';
import { nextPace, type Pace, startPace } from './pace.ts';

/** A machine on which a full frame takes this long; its time goes with the number of drawn pixels. */
function run(fullMs: number, from: Pace, frames = 60): Pace {
  let pace = from;
  for (let i = 0; i < frames; i += 1) pace = nextPace(pace, Math.max(16.7, fullMs * pace.share ** 2));
  return pace;
}

describe('pace', () => {
  test('a quick machine draws whole, also after one slow frame', () => {
    expect(run(5, startPace(false)).share).toBe(1);
    expect(nextPace({ share: 1, frameMs: 16.7 }, 45).share).toBe(1);
  });

  test('a slow machine ends where it keeps up, not lower than a third', () => {
    const pace = run(120, startPace(false));
    expect(120 * pace.share ** 2).toBeLessThan(30);
    expect(pace.share).toBeGreaterThanOrEqual(0.3);
    expect(run(10_000, startPace(false)).share).toBe(0.3);
  });

  test('without a GPU it begins coarse, and gets finer when it turns out to be quick', () => {
    expect(startPace(true).share).toBe(0.5);
    expect(run(4, startPace(true)).share).toBe(1);
  });
});
