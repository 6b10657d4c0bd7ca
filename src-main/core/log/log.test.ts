/** The log: structured, bounded, searchable, followed live, and silent about secrets. */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogEntry } from '../../contract/system.ts';
import { manualClock } from '../clock/index.ts';
import { createLog, type LogBook, type LogOptions, type LogsEvent } from './index.ts';

let root: string;
const books: LogBook[] = [];
const open = (more: Partial<LogOptions> = {}) => {
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  const book = createLog({ folder: join(root, 'logs'), clock, homeFolder: '/home/ann', watchIntervalMs: 1, ...more });
  books.push(book);
  return book;
};
const everything = { text: '', level: 'debug', limit: 1000 } as const;
const onDisk = () =>
  readdirSync(join(root, 'logs'))
    .map((name) => readFileSync(join(root, 'logs', name), 'utf8'))
    .join('');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trugrade-log-'));
});
afterEach(() => {
  for (const book of books.splice(0)) book.close();
  rmSync(root, { recursive: true, force: true });
});

test('lines are JSON with time, level, source, message and fields, and come back newest first', () => {
  const log = open();
  log.child('rig').child('lights').warn('slow', { ms: 12, name: 'ring', none: undefined, odd: Number.NaN });
  log.info('second', { error: new RangeError('too far') });
  log.debug('below the level');
  const lines = onDisk()
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toEqual({
    seq: 1,
    time: '2026-03-01T12:00:00.000Z',
    level: 'warn',
    source: 'rig.lights',
    message: 'slow',
    fields: { ms: 12, name: 'ring', odd: 'NaN' },
  });
  expect(log.query(everything).items.map((entry) => entry.seq)).toEqual([2, 1]);
  expect(log.query({ ...everything, text: 'TOO FAR' }).items).toMatchObject([{ seq: 2 }]);
  expect(log.query({ ...everything, level: 'warn' }).items).toMatchObject([{ seq: 1 }]);
});

test('neither secrets nor the places of a person are written anywhere', () => {
  const mirrored: LogEntry[] = [];
  const log = open({ mirror: (entry) => mirrored.push(entry) });
  log.hide('s3cr3t-value');
  log.info('opened with s3cr3t-value', {
    sessionToken: 'abc',
    Cookie: 'abc',
    password: 'abc',
    apiKey: 'abc',
    at: 's3cr3t-value',
  });
  log.info('GET /?token=xyzzy123 authorization: Bearer xyzzy123 set-cookie: sid=xyzzy123');
  log.info(`read ${root}/files/ab and /home/ann/cards`, { file: join(root, 'trugrade.sqlite') });
  for (const text of [onDisk(), JSON.stringify(mirrored), JSON.stringify(log.query(everything))]) {
    expect(text).not.toMatch(/s3cr3t-value|"abc"|xyzzy123|home\/ann/);
    expect(text).not.toContain(root);
    expect(text).toContain('<data>/files/ab and ~/cards');
  }
});

test('the folder stays within its bounds and old lines go first', () => {
  const log = open({ maxBytes: 10_000, maxFiles: 3, recent: 5 });
  for (let line = 1; line <= 1000; line += 1) log.info(`line ${line} ${'x'.repeat(60)}`);
  const files = readdirSync(join(root, 'logs'));
  expect(files).toHaveLength(3);
  expect(files.every((name) => statSync(join(root, 'logs', name)).size <= 10_000)).toBe(true);
  const first = log.query({ ...everything, limit: 50 });
  const second = log.query({ ...everything, limit: 50, before: first.items.at(-1)?.seq });
  expect([...first.items, ...second.items].map((entry) => entry.seq)).toEqual(
    Array.from({ length: 100 }, (_, index) => 1000 - index),
  );
  expect(first.more).toBe(true);
  expect(log.query({ ...everything, before: 2 })).toEqual({ items: [], more: false });
});

test('after a start the numbers go on, and a torn last line harms no other', () => {
  open().info('before');
  const file = join(root, 'logs', readdirSync(join(root, 'logs'))[0] ?? '');
  appendFileSync(file, '{"seq":2,"time":"2026-');
  const log = open();
  log.info('after');
  expect(log.query(everything).items.map(({ seq, message }) => [seq, message])).toEqual([
    [2, 'after'],
    [1, 'before'],
  ]);
  expect(readdirSync(join(root, 'logs'))).toHaveLength(1);
});

test('files older than the days to keep are removed', () => {
  open({ maxBytes: 300 }).info('old '.repeat(40));
  const [old = ''] = readdirSync(join(root, 'logs'));
  utimesSync(join(root, 'logs', old), new Date('2026-01-01'), new Date('2026-01-01'));
  open({ keepDays: 365 });
  expect(readdirSync(join(root, 'logs'))).toEqual([old]);
  const log = open({ maxBytes: 300 });
  expect(readdirSync(join(root, 'logs'))).toEqual([]);
  log.info('new');
  log.setKeepDays(1);
  expect(log.query(everything).items).toHaveLength(1);
});

test('a folder that cannot be made drops lines, counts them, keeps them in memory and never throws', () => {
  writeFileSync(join(root, 'logs'), 'a file in the way');
  const log = open({
    mirror: () => {
      throw new Error('broken mirror');
    },
  });
  log.info('one');
  expect(log.droppedLines()).toBeGreaterThan(0);
  expect(log.query(everything).items).toMatchObject([{ message: 'one' }]);
});

test('a follower gets new lines of its level; a slow one gets the newest and the number it missed', async () => {
  const log = open({ recent: 300, minLevel: 'debug', maxBytes: 10_000_000 });
  const abort = new AbortController();
  const events: LogsEvent[] = [];
  log.warn('before the follower came');
  const following = (async () => {
    for await (const event of log.watch('info', abort.signal)) {
      events.push(event);
      await delay(20);
    }
  })();
  await delay(1);
  for (let line = 0; line < 5000; line += 1) {
    log.debug('noise');
    log.info(`line ${line}`);
    if (line % 1000 === 0) await delay(5);
  }
  await delay(100);
  abort.abort();
  await following;
  const seen = events.flatMap((event) => event.entries);
  expect(seen.length + events.reduce((sum, event) => sum + event.dropped, 0)).toBe(5000);
  expect(seen.every((entry) => entry.level === 'info')).toBe(true);
  expect(seen.at(-1)?.message).toBe('line 4999');
  expect(Math.max(...events.map((event) => event.entries.length))).toBeLessThanOrEqual(200);
});
