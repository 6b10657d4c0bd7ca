/** Jobs: queue, progress, cancel, typed failure, bounded history, and followers who cost nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { JobsEvent } from '../../contract/jobs.ts';
import { manualClock } from '../clock/index.ts';
import { refuse } from '../errors/index.ts';
import { silentLog } from '../log/index.ts';
import { createJobs, type JobContext, type JobsOptions } from './index.ts';

const spec = { kind: 'grade', title: 'a card', simulated: true } as const;

function jobsWith(more: Partial<JobsOptions> = {}) {
  let number = 0;
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  return createJobs({ clock, log: silentLog, newId: () => `j${++number}`, watchIntervalMs: 0, ...more });
}
const untilAborted = ({ signal }: JobContext) =>
  new Promise<undefined>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('a job is queued, runs, notes stages, and is done with its grading', async () => {
  const jobs = jobsWith();
  const queued = jobs.start(spec, async (context) => {
    context.stage('acquisition', 'running', null);
    context.stage('acquisition', 'ok', 12);
    context.progress(0.5);
    context.activity('measuring');
    return { gradingId: 'g1' };
  });
  expect(queued).toMatchObject({ id: 'j1', state: 'queued', progress: 0, startedAt: null });
  const done = await jobs.ended('j1');
  expect(done).toMatchObject({ state: 'done', progress: 1, gradingId: 'g1', error: null, activity: null });
  expect(done.stages).toEqual([{ stage: 'acquisition', status: 'ok', ms: 12 }]);
  expect(done.endedAt).not.toBeNull();
});

test('progress never falls, stays in 0..1 and ignores what is no number', async () => {
  const jobs = jobsWith();
  const seen: number[] = [];
  jobs.start(spec, async (context) => {
    for (const value of [0.2, 0.1, Number.NaN, -1, 0.6, 7, 0.9]) {
      context.progress(value);
      seen.push(jobs.get('j1').progress);
    }
    return undefined;
  });
  await jobs.ended('j1');
  expect(seen).toEqual([0.2, 0.2, 0.2, 0.2, 0.6, 1, 1]);
});

test('failures are typed; a stranger error becomes internal and the queue goes on', async () => {
  const jobs = jobsWith();
  jobs.start(spec, async () => {
    throw refuse('card.notFound', 'no card was found', 'put a card into the rig');
  });
  jobs.start(spec, () => {
    throw new RangeError('odd');
  });
  jobs.start(spec, async () => undefined);
  expect(await jobs.ended('j1')).toMatchObject({ state: 'failed', error: { code: 'card.notFound' } });
  expect(await jobs.ended('j2')).toMatchObject({ state: 'failed', error: { code: 'internal', message: 'odd' } });
  expect(await jobs.ended('j3')).toMatchObject({ state: 'done' });
});

test('one job runs at a time; a queued one is cancelled without ever starting, a running one at its next check', async () => {
  const jobs = jobsWith();
  let started = 0;
  jobs.start(spec, (context) => {
    started += 1;
    return untilAborted(context);
  });
  jobs.start(spec, async () => {
    started += 1;
    return undefined;
  });
  await delay(5);
  expect(jobs.list().map((job) => job.state)).toEqual(['queued', 'running']);
  expect(jobs.cancel('j2')).toMatchObject({ state: 'cancelled', startedAt: null });
  jobs.cancel('j1');
  expect(await jobs.ended('j1')).toMatchObject({ state: 'cancelled', error: null });
  expect(jobs.cancel('j1').state).toBe('cancelled');
  expect(started).toBe(1);
  expect(() => jobs.cancel('nobody')).toThrow(expect.objectContaining({ code: 'notFound' }));
});

test('a grading that was stored before a late cancel is not called cancelled', async () => {
  const jobs = jobsWith();
  jobs.start(spec, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return { gradingId: 'g1' };
  });
  await delay(1);
  jobs.cancel('j1');
  expect(await jobs.ended('j1')).toMatchObject({ state: 'done', gradingId: 'g1' });
});

test('the history is bounded and keeps the newest', async () => {
  const jobs = jobsWith({ history: 20 });
  for (let number = 0; number < 50; number += 1) jobs.start(spec, async () => undefined);
  await jobs.ended('j50');
  expect(jobs.list()).toHaveLength(20);
  expect(jobs.list()[0]?.id).toBe('j50');
  expect(() => jobs.get('j1')).toThrow(expect.objectContaining({ code: 'notFound' }));
});

test('closing cancels everything, refuses new work, and gives up on work that does not stop', async () => {
  const jobs = jobsWith();
  jobs.start(spec, untilAborted);
  await delay(1);
  expect(await jobs.close()).toBe(true);
  expect(jobs.get('j1').state).toBe('cancelled');
  expect(() => jobs.start(spec, async () => undefined)).toThrow(expect.objectContaining({ code: 'notAllowed' }));
  const stubborn = jobsWith();
  stubborn.start(spec, () => new Promise(() => undefined));
  await delay(1);
  expect(await stubborn.close(10)).toBe(false);
});

test('a follower gets a snapshot, then the changed jobs, and ends with its signal', async () => {
  const jobs = jobsWith();
  const abort = new AbortController();
  const events: JobsEvent[] = [];
  jobs.start(spec, async () => undefined);
  const following = (async () => {
    for await (const event of jobs.watch(abort.signal)) events.push(event);
  })();
  await jobs.ended('j1');
  jobs.start(spec, async () => undefined);
  await jobs.ended('j2');
  await delay(20);
  abort.abort();
  await following;
  expect(events[0]).toMatchObject({ seq: 1, snapshot: true });
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.slice(1).every((event) => !event.snapshot)).toBe(true);
  expect(events.at(-1)?.jobs.find((job) => job.id === 'j2')).toMatchObject({ state: 'done' });
});

test('a slow follower of 200,000 updates gets few events with the latest state, and memory stays', async () => {
  const jobs = jobsWith({ watchIntervalMs: 1 });
  const abort = new AbortController();
  const events: JobsEvent[] = [];
  const updates = 200_000;
  const heap: number[] = [];
  jobs.start(spec, async (context) => {
    for (let update = 1; update <= updates; update += 1) {
      context.activity(`step ${update} ${'x'.repeat(500)}`);
      context.progress(update / updates / 2);
      if (update % 20_000 === 0) {
        heap.push(process.memoryUsage().heapUsed);
        await delay(1);
      }
    }
    return undefined;
  });
  const following = (async () => {
    for await (const event of jobs.watch(abort.signal)) {
      events.push(event);
      await delay(30);
    }
  })();
  await jobs.ended('j1');
  await delay(100);
  abort.abort();
  await following;
  expect(events.length).toBeLessThan(30);
  expect(events.at(-1)?.jobs).toMatchObject([{ id: 'j1', state: 'done', progress: 1 }]);
  // A queue of all updates would hold more than 200 MB.
  expect(Math.max(...heap) - Math.min(...heap)).toBeLessThan(150e6);
});

test('a follower that misses more jobs than the history holds gets a snapshot instead', async () => {
  const jobs = jobsWith({ history: 20 });
  const abort = new AbortController();
  const events = jobs.watch(abort.signal);
  expect((await events.next()).value).toMatchObject({ snapshot: true, jobs: [] });
  for (let number = 0; number < 100; number += 1) jobs.start(spec, async () => undefined);
  await jobs.ended('j100');
  const { value } = await events.next();
  expect(value).toMatchObject({ snapshot: true });
  expect(value?.jobs).toHaveLength(20);
  abort.abort();
  expect((await events.next()).done).toBe(true);
});

test('events to one follower are spaced', async () => {
  const jobs = jobsWith({ watchIntervalMs: 50 });
  const abort = new AbortController();
  const following = (async () => {
    let count = 0;
    for await (const _event of jobs.watch(abort.signal)) count += 1;
    return count;
  })();
  jobs.start(spec, async (context) => {
    for (let update = 1; update < 60; update += 1) {
      context.progress(update / 60);
      await delay(5);
    }
    return undefined;
  });
  await jobs.ended('j1');
  abort.abort();
  expect(await following).toBeLessThan(20);
});
