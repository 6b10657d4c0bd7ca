/** How far a job has got with each stage. */
import { expect, test } from 'vitest';
import { stageState } from './stageState.ts';

const done = { stage: 'acquisition', status: 'ok', ms: 3 } as const;
const begun = { stage: 'preprocessing', status: 'running', ms: null } as const;

test('before the core lists a stage, the first one is the one being prepared', () => {
  expect(stageState({ state: 'running', stages: [] }, 'acquisition')).toBe('running');
  expect(stageState({ state: 'running', stages: [] }, 'preprocessing')).toBe('waiting');
  expect(stageState({ state: 'queued', stages: [] }, 'acquisition')).toBe('waiting');
});

test('a running job shows what is listed and nothing more', () => {
  expect(stageState({ state: 'running', stages: [done, begun] }, 'acquisition')).toBe('ok');
  expect(stageState({ state: 'running', stages: [done, begun] }, 'preprocessing')).toBe('running');
  expect(stageState({ state: 'running', stages: [done, begun] }, 'segmentation')).toBe('waiting');
});

test('nothing runs in a job that has ended', () => {
  expect(stageState({ state: 'failed', stages: [done, begun] }, 'preprocessing')).toBe('failed');
  expect(stageState({ state: 'cancelled', stages: [done, begun] }, 'preprocessing')).toBe('skipped');
  expect(stageState({ state: 'failed', stages: [done] }, 'preprocessing')).toBe('waiting');
});
