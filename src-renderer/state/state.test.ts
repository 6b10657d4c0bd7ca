/** What the desk remembers, and which screens a role has. */
import { describe, expect, test } from 'vitest';
import type { Job } from '../../src-main/contract/jobs.ts';
import { entriesFor, redirectFor } from '../shell/navigation.ts';
import { applyJobsEvent } from './jobsEvent.ts';
import { parsePreferences } from './preferences.ts';
import { rolesToView, viewedRole } from './roles.ts';

describe('preferences', () => {
  test('nothing, nonsense and hostile text give the defaults', () => {
    const defaults = parsePreferences(null);
    for (const text of ['', '{', '[]', '"x"', 'null', '42']) expect(parsePreferences(text)).toEqual(defaults);
  });

  test('one broken field does not lose the others', () => {
    const parsed = parsePreferences('{"scheme":"dark","sample":-4,"source":"image","overlays":{"points":1}}');
    expect(parsed).toMatchObject({ scheme: 'dark', sample: 1, source: 'image' });
    expect(parsed.overlays.points).toBe(true);
  });
});

describe('roles', () => {
  test('only an engineer looks through other eyes', () => {
    expect(rolesToView('engineer')).toEqual(['operator', 'annotator', 'engineer']);
    expect(viewedRole('operator', 'engineer')).toBe('operator');
    expect(viewedRole('engineer', 'annotator')).toBe('annotator');
    expect(viewedRole('engineer', null)).toBe('engineer');
  });

  test('each role sees the screens it may use and is led away from the others', () => {
    const screens = (role: Parameters<typeof entriesFor>[0]) => entriesFor(role).map(({ screen }) => screen);
    expect(screens('operator')).toEqual(['grade', 'cards', 'templates', 'jobs', 'logs', 'settings']);
    expect(screens('annotator')).toEqual(['cards', 'templates', 'logs', 'settings']);
    expect(screens('engineer')).toContain('system');
    expect(redirectFor('annotator', '/grade/j1')).toBe('/cards');
    expect(redirectFor('operator', '/cards/g1')).toBeNull();
    expect(redirectFor('operator', '/system')).toBe('/grade');
  });
});

describe('jobs', () => {
  test('a snapshot replaces what was known, later events are merged', () => {
    const first = applyJobsEvent(new Map([['old', job('old')]]), { seq: 0, snapshot: true, jobs: [job('a')] });
    expect([...first.keys()]).toEqual(['a']);
    const next = applyJobsEvent(first, { seq: 1, snapshot: false, jobs: [job('a', 0.5), job('b')] });
    expect(next.get('a')?.progress).toBe(0.5);
    expect(next.size).toBe(2);
  });
});

function job(id: string, progress = 0): Job {
  return {
    ...{ id, kind: 'grade', title: id, state: 'running', progress, activity: null, stages: [], simulated: true },
    ...{ createdAt: '', startedAt: null, endedAt: null, error: null, gradingId: null },
  };
}
