/** The log on the screen: in order, each entry once, bounded. */
import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../../src-main/contract/system.ts';
import { addLive, addOlder, matchesSearch } from './logStore.ts';

const entry = (seq: number, message = `entry ${seq}`): LogEntry => ({
  ...{ seq, message, time: '2026-11-21T10:00:00Z', level: 'info', source: 'rig' },
  fields: { side: 'front', ms: 12 },
});
const seqs = (entries: readonly LogEntry[]) => entries.map(({ seq }) => seq);

describe('log on the screen', () => {
  test('live entries go on top, newest first, and none twice', () => {
    expect(seqs(addLive([entry(3), entry(2)], [entry(3), entry(4), entry(5)]))).toEqual([5, 4, 3, 2]);
  });

  test('what comes live is bounded, what was asked for stays', () => {
    expect(seqs(addLive([entry(2), entry(1)], [entry(3), entry(4)], 3))).toEqual([4, 3, 2]);
    const asked = [5, 4, 3, 2, 1].map((seq) => entry(seq));
    expect(addLive(asked, [entry(6)], 3)).toHaveLength(5);
  });

  test('older pages go below, and none twice', () => {
    expect(seqs(addOlder([entry(5), entry(4)], [entry(4), entry(3), entry(2)]))).toEqual([5, 4, 3, 2]);
  });

  test('search looks into message, source and fields, in any case', () => {
    expect(matchesSearch(entry(1, 'Lamp Failed'), 'lamp f')).toBe(true);
    expect(matchesSearch(entry(1), 'FRONT')).toBe(true);
    expect(matchesSearch(entry(1), 'back')).toBe(false);
  });
});
