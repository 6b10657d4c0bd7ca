/** Long tasks: queued, with progress, cancellable, ending done, failed with a typed error, or cancelled. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '../../contract/jobs.ts';
import type { Clock } from '../clock/index.ts';
import { refuse, toAppError } from '../errors/index.ts';
import type { Log } from '../log/index.ts';
import type { JobContext, JobSpec, Jobs, JobWork } from './types.ts';
import { createWatch } from './watch.ts';

export type { JobContext, JobSpec, JobStage, Jobs, JobWork } from './types.ts';

export interface JobsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Jobs running at one time. */
  readonly concurrency?: number;
  readonly newId: () => string;
  /** Ended jobs kept. */
  readonly history?: number;
  /** Jobs waiting at one time; more are refused. */
  readonly maxQueued?: number;
  /** The shortest time between two events to one follower. */
  readonly watchIntervalMs?: number;
}

interface Task {
  job: Job;
  readonly work: JobWork;
  readonly abort: AbortController;
  /** Set while the work runs; resolves when it has stopped, however it ended. */
  running: Promise<void> | undefined;
  readonly ended: PromiseWithResolvers<Job>;
}

const isEnded = (job: Job) => job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';

export function createJobs(options: JobsOptions): Jobs {
  const { clock, log, newId, concurrency = 1, history = 200, maxQueued = 1000 } = options;
  const tasks = new Map<string, Task>();
  const queue: Task[] = [];
  let active = 0;
  let closed = false;
  const list = () => [...tasks.values()].map((task) => task.job).reverse();
  const watch = createWatch(list, history, options.watchIntervalMs ?? 50);
  const now = () => clock.now().toISOString();

  const change = (task: Task, part: Partial<Job>) => {
    task.job = { ...task.job, ...part };
    watch.changed(task.job);
  };

  const end = (task: Task, part: Pick<Job, 'state'> & Partial<Job>) => {
    if (isEnded(task.job)) return;
    change(task, { ...part, endedAt: now(), activity: null });
    const { id, kind, state, error } = task.job;
    if (error && state === 'failed') {
      log.error('job failed', { job: id, kind, code: error.code, message: error.message, file: error.file });
    } else log.info(`job ${state}`, { job: id, kind });
    task.ended.resolve(task.job);
    forgetOldest(tasks, history);
  };

  const run = async (task: Task) => {
    change(task, { state: 'running', startedAt: now() });
    try {
      const result = await task.work(contextOf(task, change));
      const gradingId = result?.gradingId ?? null;
      // A grading that is already stored is not made undone by a cancel that came too late.
      if (task.abort.signal.aborted && gradingId === null) end(task, { state: 'cancelled' });
      else end(task, { state: 'done', progress: 1, gradingId });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (task.abort.signal.aborted || error.code === 'cancelled') end(task, { state: 'cancelled' });
      else {
        if (error.code === 'internal') log.error('work threw', { job: task.job.id, stack: stackOf(thrown) });
        end(task, { state: 'failed', error: error.data });
      }
    }
  };

  const fill = () => {
    while (active < concurrency) {
      const task = queue.shift();
      if (!task) return;
      active += 1;
      task.running = run(task).finally(() => {
        task.running = undefined;
        active -= 1;
        fill();
      });
    }
  };

  const find = (id: string): Task => {
    const task = tasks.get(id);
    if (!task)
      throw refuse('notFound', `there is no job ${JSON.stringify(id)}`, 'reload the list of jobs', { field: 'id' });
    return task;
  };

  const cancel = (task: Task) => {
    if (isEnded(task.job)) return;
    task.abort.abort(refuse('cancelled', 'the work was cancelled', 'start it again when you are ready'));
    const place = queue.indexOf(task);
    if (place < 0) return;
    queue.splice(place, 1);
    end(task, { state: 'cancelled' });
  };

  return {
    start(spec, work) {
      if (closed) throw refuse('notAllowed', 'the program is closing', 'start it again and repeat the job');
      if (queue.length >= maxQueued) {
        throw refuse(
          'notAllowed',
          `${maxQueued} jobs are waiting already`,
          'wait until some have ended, or cancel some',
        );
      }
      const task = newTask(newId(), spec, work, now());
      tasks.set(task.job.id, task);
      queue.push(task);
      watch.changed(task.job);
      log.info('job queued', { job: task.job.id, kind: spec.kind, title: spec.title });
      // Not at once: the caller holds the queued job before the first line of the work runs.
      queueMicrotask(fill);
      return task.job;
    },
    cancel(id) {
      const task = find(id);
      cancel(task);
      return task.job;
    },
    list,
    get: (id) => find(id).job,
    watch: watch.watch,
    ended: (id) => find(id).ended.promise,
    async close(deadlineMs = 5000) {
      closed = true;
      for (const task of tasks.values()) cancel(task);
      const running = [...tasks.values()].flatMap((task) => task.running ?? []);
      const late = new AbortController();
      const inTime = await Promise.race([
        Promise.all(running).then(() => true),
        delay(deadlineMs, false, { signal: late.signal }).catch(() => false),
      ]);
      late.abort();
      if (!inTime) log.warn('work did not stop in time', { jobs: running.length, deadlineMs });
      watch.close();
      return inTime;
    },
  };
}

function newTask(id: string, spec: JobSpec, work: JobWork, createdAt: string): Task {
  const job: Job = {
    id,
    kind: spec.kind,
    title: spec.title,
    state: 'queued',
    progress: 0,
    activity: null,
    stages: [],
    createdAt,
    startedAt: null,
    endedAt: null,
    error: null,
    gradingId: null,
    simulated: spec.simulated,
  };
  return { job, work, abort: new AbortController(), running: undefined, ended: Promise.withResolvers<Job>() };
}

function contextOf(task: Task, change: (task: Task, part: Partial<Job>) => void): JobContext {
  const live = () => task.job.state === 'running' && !task.abort.signal.aborted;
  return {
    signal: task.abort.signal,
    jobId: task.job.id,
    progress(fraction) {
      const bounded = Math.min(1, fraction);
      if (live() && bounded > task.job.progress) change(task, { progress: bounded });
    },
    activity(text) {
      if (live() && text !== task.job.activity) change(task, { activity: text });
    },
    stage(stage, status, ms) {
      if (!live()) return;
      const said = { stage, status, ms };
      const known = task.job.stages.some((each) => each.stage === stage);
      const stages = known
        ? task.job.stages.map((each) => (each.stage === stage ? said : each))
        : [...task.job.stages, said];
      change(task, { stages });
    },
  };
}

/** Drops the oldest ended jobs over the limit; a `Map` keeps the order in which jobs were started. */
function forgetOldest(tasks: Map<string, Task>, history: number): void {
  const ended = [...tasks.values()].filter((task) => isEnded(task.job));
  for (const task of ended.slice(0, Math.max(0, ended.length - history))) tasks.delete(task.job.id);
}

const stackOf = (thrown: unknown) => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
