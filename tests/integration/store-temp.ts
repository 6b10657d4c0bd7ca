/** Stores in temporary folders, closed and removed after each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type ManualClock, manualClock } from '../../src-main/core/clock/index.ts';
import { silentLog } from '../../src-main/core/log/index.ts';
import { openStore, type Store, type StoreOptions } from '../../src-main/core/store/index.ts';
import { sampleGrading } from './store-sample.ts';

export interface TempStores {
  readonly clock: ManualClock;
  /** A new folder that goes away after the test. */
  folder(): string;
  open(folder: string, more?: Partial<StoreOptions>): Store;
}

export function tempStores(): TempStores {
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  const folders: string[] = [];
  const stores: Store[] = [];
  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return {
    clock,
    folder() {
      const root = mkdtempSync(join(tmpdir(), 'trugrade-store-'));
      folders.push(root);
      return join(root, 'data');
    },
    open(folder, more = {}) {
      const store = openStore({ folder, clock, log: silentLog, ...more });
      stores.push(store);
      return store;
    },
  };
}

/** Stores one grading with one picture; returns the picture's id. */
export async function addGrading(
  store: Store,
  id: string,
  more: Parameters<typeof sampleGrading>[2] = {},
): Promise<string> {
  const image = await store.files.put(Buffer.from(`picture of ${id}`));
  store.write('tester', (tx) => tx.gradings.insert(sampleGrading(id, [image], more)));
  return image;
}

export const never = (): AbortSignal => new AbortController().signal;
