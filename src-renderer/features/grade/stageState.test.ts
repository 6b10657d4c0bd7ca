/** How far a job has got with each stage. */
import { expect, test } from 'vitest';
import { stageState } from './stageState.ts';

const done = { stage: 'acquisition', status: 'ok', ms: 3 } as const;
const begun = { stage: 'preprocessing', status: 'running', ms: null } as const;

test('before the core lists a stage, the first one is the one being prepared', () => {
  expect(stageState({ state: 'running', stages: [], activity: null }, 'acquisition')).toBe('running');
  expect(stageState({ state: 'running', stages: [], activity: null }, 'preprocessing')).toBe('waiting');
  expect(stageState({ state: 'queued', stages: [], activity: null }, 'acquisition')).toBe('waiting');
});

test('while the rig photographs, no stage has begun', () => {
  expect(stageState({ state: 'running', stages: [], activity: 'photographing' }, 'acquisition')).toBe('waiting');
});

test('a running job shows what is listed and nothing more', () => {
  expect(stageState({ state: 'running', stages: [done, begun], activity: null }, 'acquisition')).toBe('ok');
  expect(stageState({ state: 'running', stages: [done, begun], activity: null }, 'preprocessing')).toBe('running');
  expect(stageState({ state: 'running', stages: [done, begun], activity: null }, 'segmentation')).toBe('waiting');
});

test('nothing runs in a job that has ended', () => {
  expect(stageState({ state: 'failed', stages: [done, begun], activity: null }, 'preprocessing')).toBe('failed');
  expect(stageState({ state: 'cancelled', stages: [done, begun], activity: null }, 'preprocessing')).toBe('skipped');
  expect(stageState({ state: 'failed', stages: [done], activity: null }, 'preprocessing')).toBe('waiting');
});
