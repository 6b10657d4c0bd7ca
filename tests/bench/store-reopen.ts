/**
 * R3: time from a kill to a usable store with 100,000 gradings; prints one line of JSON.
 * `node tests/bench/store-reopen.ts [gradings=100000] [kills=20]`
 */
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src-main/core/clock/index.ts';
import { silentLog } from '../../src-main/core/log/index.ts';
import { foldersOf, openStore, type Store } from '../../src-main/core/store/index.ts';
import { sampleGrading } from '../integration/store-sample.ts';

const [gradings = 100_000, kills = 20] = process.argv.slice(2).map(Number);
const writer = fileURLToPath(new URL('../integration/store-kill-writer.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'trugrade-reopen-'));
const folder = join(root, 'data');
const open = () => openStore({ folder, clock: systemClock, log: silentLog });

/** Every grading with a picture of its own, placed without fsync and 500 to a transaction: only the building is quick. */
async function build(): Promise<void> {
  const store = open();
  try {
    for (let done = 0; done < gradings; done += 500) {
      const part = Array.from({ length: Math.min(500, gradings - done) }, (_, index) => done + index);
      const images = part.map((number) => placePicture(store, `picture ${number}`));
      store.write('bench', (tx) => {
        for (const [index, number] of part.entries()) {
          const image = images[index] ?? '';
          tx.gradings.insert(sampleGrading(`bench${number}`, [image], { sourceName: `Card ${number} of the set` }));
        }
      });
    }
  } finally {
    store.close();
  }
}

function placePicture(store: Store, content: string): string {
  const id = hash('sha256', content, 'hex');
  mkdirSync(dirname(store.files.path(id)), { recursive: true });
  writeFileSync(store.files.path(id), content);
  return id;
}

async function killAWriter(): Promise<void> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await delay(Math.random() * 300);
  child.kill('SIGKILL');
  await ended;
}

const ms = async (work: () => unknown) => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};
const round = (value: number | undefined) => Math.round((value ?? Number.NaN) * 10) / 10;

try {
  const buildMs = await ms(build);
  const reopen: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    await killAWriter();
    const started = performance.now();
    const store = open();
    store.gradings.page({ text: '', archived: false, limit: 50 });
    reopen.push(performance.now() - started);
    store.close();
  }
  reopen.sort((a, b) => a - b);
  const store = open();
  const query = { archived: false, limit: 50 } as const;
  const result = {
    name: 'store reopen after a kill',
    gradings: store.gradings.total(),
    databaseMB: round(statSync(foldersOf(folder).database).size / 1e6),
    buildS: round(buildMs / 1000),
    kills,
    p50Ms: round(reopen[Math.floor(reopen.length / 2)]),
    p95Ms: round(reopen[Math.min(reopen.length - 1, Math.floor(reopen.length * 0.95))]),
    pageMs: round(await ms(() => store.gradings.page({ ...query, text: '' }))),
    searchMs: round(await ms(() => store.gradings.page({ ...query, text: 'card 777' }))),
    sweepMs: round(await ms(() => store.sweep(AbortSignal.timeout(600_000)))),
    verifyMs: round(await ms(() => store.audit.verify())),
    backupMs: round(await ms(() => store.backups.create(AbortSignal.timeout(600_000)))),
  };
  store.close();
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
