/** Pure parts of the result view. */
import { describe, expect, test } from 'vitest';
import { reasonsFor } from './reasons.ts';
import { reportFileName } from './reportFileName.ts';
import { stationPlace } from './stationPlace.ts';
import { stepThrough } from './stepThrough.ts';

const card = { x: 0, y: 0, width: 60, height: 80 };

test('stations stand at eighths of the upright edges and at sixths of the others', () => {
  expect(stationPlace({ edge: 'left', index: 1 }, card, 5)).toMatchObject({ x: 0, y: 10, inX: 5, inY: 10 });
  expect(stationPlace({ edge: 'right', index: 7 }, card, 5)).toMatchObject({ x: 60, y: 70, inX: 55 });
  expect(stationPlace({ edge: 'top', index: 5 }, card, 5)).toMatchObject({ x: 50, y: 0, inY: 5 });
  expect(stationPlace({ edge: 'bottom', index: 3 }, card, 5)).toMatchObject({ x: 30, y: 80, inY: 75 });
});

test('stepping goes round, from nothing to the first or the last', () => {
  const ids = ['a', 'b', 'c'];
  expect(stepThrough(ids, null, 1)).toBe('a');
  expect(stepThrough(ids, null, -1)).toBe('c');
  expect(stepThrough(ids, 'c', 1)).toBe('a');
  expect(stepThrough(ids, 'a', -1)).toBe('c');
  expect(stepThrough(ids, 'gone', 1)).toBe('a');
  expect(stepThrough([], null, 1)).toBeUndefined();
});

test('a saved report has a name that every file system takes', () => {
  const report = { side: 'front', createdAt: '2026-11-21T10:00:00Z' } as const;
  expect(reportFileName('Pikachú / 25*', report)).toBe('Pikachu-25-front-2026-11-21.json');
  expect(reportFileName('../..', report)).toBe('card-front-2026-11-21.json');
});

describe('why a person is needed', () => {
  test('every reason once: of the grade, of the stages, of their failed checks', () => {
    const reasons = reasonsFor({
      error: null,
      grade: { ...emptyGrade, reason: 'no border on top' },
      quality: {
        needsPerson: true,
        warnings: [],
        stages: [
          {
            stage: 'refinement',
            status: 'person',
            ms: 1,
            note: 'no border on top',
            checks: [
              { name: 'points', value: 19, limit: 24, status: 'failed', message: '5 points are missing' },
              { name: 'blur', value: 1, limit: 2, status: 'warning', message: 'only a warning' },
            ],
          },
          { stage: 'quality', status: 'ok', ms: 1, note: 'all well', checks: [] },
        ],
      },
    });
    expect(reasons).toEqual(['no border on top', '5 points are missing']);
  });
});

const none = { centering: null, corners: null, edges: null, surface: null };
const emptyGrade = {
  ...{ standard: 'psa', standardVersion: '', rulesVersion: '', subgrades: none, scores1000: none, overall: null },
  ...{ label: null, score1000: null, limitedBy: [], centeringVerdict: null, costs: [], qualifiers: [], reason: null },
};
