/** R1, R2, R14: a core killed at any moment loses nothing it has acknowledged. `TRUGRADE_KILLS=1000` for the long run. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../src-main/core/clock/index.ts';
import { silentLog } from '../../src-main/core/log/index.ts';
import { openStore, type Store } from '../../src-main/core/store/index.ts';

const kills = Number(process.env.TRUGRADE_KILLS ?? 50);
const writer = fileURLToPath(new URL('./store-kill-writer.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'trugrade-kill-'));
const folder = join(root, 'data');
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Acknowledged {
  readonly id: string;
  readonly revision: number;
}

/** Kills the writer at a random moment: after its first record mostly, now and then while it is still opening. */
async function writeUntilKilled(): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  const first = Promise.withResolvers<void>();
  child.stdout.on('data', (chunk) => {
    said += chunk;
    first.resolve();
  });
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  );
  if (Math.random() < 0.8) await Promise.race([first.promise, ended]);
  await delay(Math.random() * 200);
  child.kill('SIGKILL');
  expect(await ended, complaint).toBe('SIGKILL');
  return said
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [id = '', revision] = line.split(' ');
      return { id, revision: Number(revision) };
    });
}

function lost(store: Store, acknowledged: readonly Acknowledged[]): string[] {
  return acknowledged.flatMap(({ id, revision }) => {
    try {
      const { summary, views } = store.gradings.get(id);
      const files = views.every((view) => store.files.has(view.image));
      const current = store.gradings.revisions(id).length >= revision;
      return summary.id === id && files && current ? [] : [id];
    } catch {
      return [id];
    }
  });
}

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

test(`${kills} random kills lose no acknowledged record, break no audit chain and leave no orphan`, {
  timeout: 60_000 + kills * 3000,
}, async () => {
  const all: Acknowledged[] = [];
  const reopenMs: number[] = [];
  let orphans = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const acknowledged = await writeUntilKilled();
    all.push(...acknowledged);
    const started = performance.now();
    const store = openStore({ folder, clock: systemClock, log: silentLog });
    reopenMs.push(performance.now() - started);
    try {
      expect(lost(store, acknowledged)).toEqual([]);
      expect(store.openReport.audit.ok).toBe(true);
      expect(store.audit.verify()).toMatchObject({ ok: true, firstBadSeq: null });
      expect(store.openReport.sweep.rowsWithoutFile).toEqual([]);
      orphans += store.openReport.sweep.filesWithoutRow.length;
      const after = await store.sweep(AbortSignal.timeout(60_000));
      expect(after).toEqual({ filesWithoutRow: [], rowsWithoutFile: [], leftovers: 0, complete: true });
    } finally {
      store.close();
    }
  }
  const store = openStore({ folder, clock: systemClock, log: silentLog });
  try {
    expect(lost(store, all)).toEqual([]);
    expect(all.length).toBeGreaterThan(kills);
    const { rows } = store.audit.verify();
    reopenMs.sort((a, b) => a - b);
    const times = `reopen p50 ${percentile(reopenMs, 0.5).toFixed(0)} ms, p95 ${percentile(reopenMs, 0.95).toFixed(0)} ms`;
    process.stdout.write(
      `${kills} kills: ${all.length} records acknowledged, 0 lost; ${rows} audit rows verify; ` +
        `${orphans} orphans set aside; ${times}\n`,
    );
  } finally {
    store.close();
  }
});
