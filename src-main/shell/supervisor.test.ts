/** The core's life as the shell steers it, on fake time and with fake processes. */
import { expect, test } from 'vitest';
import { type FakeChild, fakeSpawner, fakeTime } from './fakes.ts';
import { createSupervisor } from './supervisor.ts';
import { defaultPolicy, type SupervisorState } from './supervisor-state.ts';

const url = 'http://127.0.0.1:4000/?token=abc';

function world() {
  const time = fakeTime();
  const { spawn, children, refuse } = fakeSpawner();
  const states: SupervisorState[] = [];
  const notes: string[] = [];
  const supervisor = createSupervisor({
    spawn,
    time,
    onState: (state) => states.push(state),
    note: (text) => notes.push(text),
  });
  const latest = (): FakeChild => {
    const child = children.at(-1);
    if (child === undefined) throw new Error('no child was started');
    return child;
  };
  const run = () => {
    supervisor.start();
    latest().say({ type: 'ready', url });
  };
  /** Time passes for a healthy core. */
  const beat = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1000) {
      time.pass(1000);
      latest().say({ type: 'heartbeat' });
    }
  };
  const crash = () => latest().exit({ signal: 'SIGSEGV' });
  const phase = () => supervisor.state().phase.name;
  const reasons = () => supervisor.state().crashes.map(({ reason }) => reason);
  return { time, children, refuse, states, notes, supervisor, latest, run, beat, crash, phase, reasons };
}

test('a core that says ready runs, with its address', () => {
  const { supervisor, states, run } = world();
  run();
  expect(supervisor.state().phase).toMatchObject({ name: 'running', url });
  expect(states.map(({ phase }) => phase.name)).toEqual(['starting', 'running']);
});

test('starting twice starts one core', () => {
  const { supervisor, children, run } = world();
  run();
  supervisor.start();
  expect(children).toHaveLength(1);
});

test('a beating core is left alone for an hour', () => {
  const { children, run, beat, phase, latest } = world();
  run();
  beat(3_600_000);
  expect([phase(), children.length, latest().kills()]).toEqual(['running', 1, 0]);
});

test('a silent core is killed as hung after five seconds and started again', () => {
  const { time, children, run, phase, reasons, latest } = world();
  run();
  time.pass(4_999);
  expect(phase()).toBe('running');
  time.pass(1);
  expect([phase(), latest().kills()]).toEqual(['killing', 1]);
  latest().exit({ signal: 'SIGKILL' });
  expect([phase(), reasons()]).toEqual(['waiting', ['hung']]);
  time.pass(500);
  expect([phase(), children.length]).toEqual(['starting', 2]);
});

test('an hour of sleep of the machine is not taken for a hung core', () => {
  const { time, run, beat, phase, latest } = world();
  run();
  beat(3_000);
  time.sleep(3_600_000);
  expect(phase()).toBe('running');
  latest().say({ type: 'heartbeat' });
  time.pass(2_500);
  expect([phase(), latest().kills()]).toEqual(['running', 0]);
});

test('a core that does not get ready in time is killed, beats or not', () => {
  const { supervisor, time, phase, reasons, latest } = world();
  supervisor.start();
  for (let second = 0; second < 60; second += 1) {
    latest().say({ type: 'heartbeat' });
    time.pass(1000);
  }
  expect([phase(), latest().kills()]).toEqual(['killing', 1]);
  latest().exit({ signal: 'SIGKILL' });
  expect(reasons()).toEqual(['neverReady']);
});

test('a killed core that does not end is given up, and what it still says is not listened to', () => {
  const { time, children, run, phase, reasons } = world();
  run();
  time.pass(5_000);
  time.pass(defaultPolicy.killMs);
  expect([phase(), reasons()]).toEqual(['waiting', ['hung']]);
  time.pass(500);
  children[0]?.say({ type: 'ready', url: 'http://127.0.0.1:9/?token=old' });
  children[0]?.exit({ signal: 'SIGKILL' });
  expect([phase(), reasons(), children.length]).toEqual(['starting', ['hung'], 2]);
});

test('restarts wait 0.5 s, then 1 s; the third crash within five minutes ends in quarantine', () => {
  const { time, children, run, crash, phase, reasons, latest } = world();
  run();
  crash();
  time.pass(499);
  expect(children).toHaveLength(1);
  time.pass(1);
  expect(children).toHaveLength(2);
  latest().say({ type: 'ready', url });
  crash();
  time.pass(999);
  expect(children).toHaveLength(2);
  time.pass(1);
  expect(children).toHaveLength(3);
  crash();
  expect([phase(), reasons()]).toEqual(['quarantined', ['crashed', 'crashed', 'crashed']]);
  time.pass(86_400_000);
  expect([children.length, time.pending()]).toEqual([3, 0]);
});

test('crashes too far apart for quarantine still wait longer each time, until a run was stable', () => {
  const { time, supervisor, run, beat, crash, latest } = world();
  run();
  const waits: number[] = [];
  const crashAfter = (ms: number) => {
    beat(ms);
    crash();
    const { phase } = supervisor.state();
    if (phase.name !== 'waiting') throw new Error(`it is ${phase.name}`);
    waits.push(phase.delayMs);
    time.pass(phase.delayMs);
    latest().say({ type: 'ready', url });
  };
  for (let time = 0; time < 9; time += 1) crashAfter(200_000);
  crashAfter(300_000);
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 500]);
});

test('the person leads a quarantined core back, and its old crashes are forgotten', () => {
  const { time, supervisor, children, run, crash, phase, reasons, latest } = world();
  run();
  for (let crashes = 0; crashes < 3; crashes += 1) {
    crash();
    time.pass(1000);
  }
  expect(phase()).toBe('quarantined');
  supervisor.restart();
  expect([phase(), children.length, reasons()]).toEqual(['starting', 4, []]);
  latest().say({ type: 'ready', url });
  crash();
  time.pass(500);
  expect([phase(), children.length]).toEqual(['starting', 5]);
});

test('the person need not wait for the back-off, and one core is started, not two', () => {
  const { time, supervisor, children, run, crash } = world();
  run();
  crash();
  supervisor.restart();
  time.pass(10_000);
  expect(children).toHaveLength(2);
});

test('a wished restart of a running core stops it in peace first and counts as no crash', () => {
  const { supervisor, children, run, phase, reasons, latest } = world();
  run();
  supervisor.restart();
  expect([phase(), children.length, latest().sent]).toEqual(['stopping', 1, [{ type: 'stop' }]]);
  latest().exit({ code: 0 });
  expect([phase(), children.length, reasons()]).toEqual(['starting', 2, []]);
});

test("what the core said before it ended is kept as the start's failure", () => {
  const { supervisor, reasons, latest } = world();
  supervisor.start();
  const error = { code: 'store.newer', message: 'the store is newer', next: 'install the newer program' } as const;
  latest().say({ type: 'failed', error });
  latest().exit({ code: 1 });
  expect(reasons()).toEqual(['startFailed']);
  expect(supervisor.state().crashes[0]?.error).toEqual(error);
});

test('a program that cannot be started ends in quarantine, not in a loop', () => {
  const { time, refuse, supervisor, phase, reasons } = world();
  refuse('spawn node ENOENT');
  supervisor.start();
  time.pass(10_000);
  expect([phase(), reasons()]).toEqual(['quarantined', ['startFailed', 'startFailed', 'startFailed']]);
  expect(supervisor.state().crashes[0]?.detail).toBe('spawn node ENOENT');
});

test('an orderly end that nobody asked for is a crash too', () => {
  const { run, phase, reasons, latest } = world();
  run();
  latest().exit({ code: 0 });
  expect([phase(), reasons()]).toEqual(['waiting', ['exited']]);
});

test('stop asks first and is done when the core is gone', async () => {
  const { supervisor, run, phase, latest, time } = world();
  run();
  const stopped = supervisor.stop();
  expect([phase(), latest().sent, latest().kills()]).toEqual(['stopping', [{ type: 'stop' }], 0]);
  latest().exit({ code: 0 });
  await stopped;
  expect([phase(), time.pending()]).toEqual(['stopped', 0]);
});

test('a core that does not stop is killed, and one that even then stays is left', async () => {
  const { supervisor, run, phase, latest, time } = world();
  run();
  const stopped = supervisor.stop();
  time.pass(defaultPolicy.stopMs);
  expect([phase(), latest().kills()]).toEqual(['stopping', 1]);
  time.pass(defaultPolicy.killMs);
  await stopped;
  expect([phase(), time.pending()]).toEqual(['stopped', 0]);
});

test.each(['idle', 'waiting', 'quarantined', 'stopped'] as const)('stop out of %s is done at once', async (from) => {
  const { supervisor, run, crash, phase, time, children } = world();
  if (from !== 'idle') run();
  if (from === 'stopped') {
    children[0]?.exit({ code: 0 });
    await supervisor.stop();
  }
  const crashes = { idle: 0, stopped: 0, waiting: 1, quarantined: 3 }[from];
  for (let count = 1; count <= crashes; count += 1) {
    crash();
    if (count < crashes) time.pass(1000);
  }
  expect(phase()).toBe(from);
  await supervisor.stop();
  expect([phase(), time.pending()]).toEqual(['stopped', 0]);
});

test('stop while a hung core is being killed waits for its end', async () => {
  const { supervisor, run, phase, latest, time, children } = world();
  run();
  time.pass(5_000);
  const stopped = supervisor.stop();
  expect(phase()).toBe('stopping');
  latest().exit({ signal: 'SIGKILL' });
  await stopped;
  expect([phase(), children.length, time.pending()]).toEqual(['stopped', 1, 0]);
});

test('a restart wished while a hung core is being killed comes right after its end', () => {
  const { supervisor, run, phase, latest, time, children, reasons } = world();
  run();
  time.pass(5_000);
  supervisor.restart();
  latest().exit({ signal: 'SIGKILL' });
  expect([phase(), children.length, reasons()]).toEqual(['starting', 2, []]);
});

test('to quit wins over a restart under way, whichever comes first', async () => {
  const { supervisor, run, phase, latest, children } = world();
  run();
  supervisor.restart();
  const stopped = supervisor.stop();
  supervisor.restart();
  latest().exit({ code: 0 });
  await stopped;
  expect([phase(), children.length]).toEqual(['stopped', 1]);
});

test('a message that is not in the contract is noted and changes nothing', () => {
  const { supervisor, notes, latest, phase } = world();
  supervisor.start();
  for (const raw of [null, 'ready', { type: 'ready' }, { type: 'ready', url: 'no address' }, { type: 'other' }])
    latest().sayRaw(raw);
  expect([phase(), notes.length]).toEqual(['starting', 5]);
});

test('a registered path comes back as the upload id of just that question', async () => {
  const { supervisor, run, latest } = world();
  run();
  const first = supervisor.registerPath('/a');
  const second = supervisor.registerPath('/b');
  const launch = supervisor.launch();
  expect(latest().sent).toEqual([
    { type: 'registerPath', requestId: 1, path: '/a' },
    { type: 'registerPath', requestId: 2, path: '/b' },
    { type: 'launch', requestId: 3 },
  ]);
  const error = { code: 'file.missing', message: 'there is no such file', next: 'check the name' } as const;
  latest().say({ type: 'registered', requestId: 2, uploadId: null, error });
  latest().say({ type: 'registered', requestId: 3, uploadId: 'not a launch', error: null });
  latest().say({ type: 'registered', requestId: 1, uploadId: 'u1', error: null });
  latest().say({ type: 'launched', requestId: 3, url });
  expect(await first).toEqual({ ok: true, value: 'u1' });
  expect(await second).toEqual({ ok: false, error });
  expect(await launch).toEqual({ ok: true, value: url });
});

test('questions end with a typed error when the core dies, does not answer, or does not run', async () => {
  const { supervisor, run, crash, time, beat } = world();
  expect(await supervisor.launch()).toMatchObject({ ok: false, error: { code: 'core.crashed' } });
  run();
  const late = supervisor.registerPath('/a');
  beat(15_000);
  expect(await late).toMatchObject({ ok: false, error: { message: expect.stringContaining('in time') } });
  const orphan = supervisor.registerPath('/a');
  crash();
  expect(await orphan).toMatchObject({ ok: false, error: { message: expect.stringContaining('not running') } });
  expect(time.pending()).toBe(1);
});
