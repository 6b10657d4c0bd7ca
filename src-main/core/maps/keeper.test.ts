/** Maps are written after the grade: in turn, bounded, let go in any case, and waited for at the end. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addGrading, tempStores } from '../../../tests/integration/store-temp.ts';
import { systemClock } from '../clock/index.ts';
import { createLog } from '../log/index.ts';
import type { NativeMaps } from '../native/index.ts';
import { createMapsKeeper } from './index.ts';

const stores = tempStores();
const never = new AbortController().signal;

/** Maps whose writing waits until it is told to go on. */
function paperMaps(content = 'tiles') {
  const go = Promise.withResolvers<void>();
  // It may fail before anybody waits for it.
  go.promise.catch(() => undefined);
  const state = { begun: false, freed: 0, aborted: false };
  const part: Pick<NativeMaps, 'writeTiles' | 'free'> = {
    async writeTiles(path, signal) {
      state.begun = true;
      const stopped = new Promise<void>((_, reject) =>
        signal.addEventListener('abort', () => {
          state.aborted = true;
          reject(new Error('stopped'));
        }),
      );
      await Promise.race([go.promise, stopped]);
      writeFileSync(path, content);
    },
    free: () => {
      state.freed += 1;
    },
  };
  return { maps: part as NativeMaps, state, go: go.resolve, fail: go.reject };
}

async function desk() {
  const folder = stores.folder();
  const store = stores.open(folder);
  const log = createLog({ folder: join(folder, 'logs'), clock: systemClock, dataFolder: folder });
  const workFolder = join(folder, 'work');
  const keeper = createMapsKeeper({ store, log, workFolder });
  for (const id of ['g1', 'g2', 'g3']) await addGrading(store, id);
  return { store, keeper, workFolder };
}

test('a grading is there without its maps, and has them when they are written', async () => {
  const { store, keeper, workFolder } = await desk();
  const before = store.gradings.get('g1');
  const { maps, state, go } = paperMaps('all tiles');
  keeper.keep('g1', 'Ann', maps);
  expect(keeper.isPending('g1')).toBe(true);
  go();
  await keeper.close();
  expect(keeper.isPending('g1')).toBe(false);
  const after = store.gradings.get('g1');
  expect(after).toEqual({ ...before, maps: { id: after.maps?.id, bytes: 9 } });
  expect(Buffer.from(await store.files.read(after.maps?.id ?? '')).toString()).toBe('all tiles');
  expect(state.freed).toBe(1);
  expect(readdirSync(workFolder)).toEqual([]);
  expect(store.audit.list({ limit: 1 }).items).toMatchObject([{ action: 'grading.maps', subject: 'g1', actor: 'Ann' }]);
  expect(() => store.write('Ann', (tx) => tx.gradings.attachMaps('g1', { id: 'a'.repeat(64), bytes: 1 }))).toThrow(
    expect.objectContaining({ code: 'conflict' }),
  );
});

test('sides are written one after the other, and a third waits for room', async () => {
  const { store, keeper } = await desk();
  const [first, second] = [paperMaps('one'), paperMaps('two')];
  await keeper.room(never);
  keeper.keep('g1', 'Ann', first.maps);
  await keeper.room(never);
  keeper.keep('g2', 'Ann', second.maps);
  let room = false;
  const waiting = keeper.room(never).then(() => {
    room = true;
  });
  const cancelled = new AbortController();
  const impatient = keeper.room(cancelled.signal);
  cancelled.abort(new Error('enough'));
  await expect(impatient).rejects.toThrow('enough');
  expect([room, second.state.begun]).toEqual([false, false]);
  first.go();
  await waiting;
  second.go();
  await keeper.close();
  expect([store.gradings.get('g1').maps, store.gradings.get('g2').maps].every((maps) => maps !== null)).toBe(true);
});

test('maps that cannot be written are let go, and the grading stays as it is', async () => {
  const { store, keeper } = await desk();
  const before = store.gradings.get('g1');
  const [broken, sound] = [paperMaps(), paperMaps()];
  keeper.keep('g1', 'Ann', broken.maps);
  keeper.keep('g2', 'Ann', sound.maps);
  broken.fail(new Error('the disk is full'));
  sound.go();
  await keeper.close();
  expect(store.gradings.get('g1')).toEqual(before);
  expect(store.gradings.get('g2').maps).not.toBeNull();
  expect([broken.state.freed, sound.state.freed]).toEqual([1, 1]);
});

test('closing gives up on what takes too long, and leaves nothing behind', async () => {
  const { store, keeper, workFolder } = await desk();
  const [slow, next] = [paperMaps(), paperMaps()];
  keeper.keep('g1', 'Ann', slow.maps);
  keeper.keep('g2', 'Ann', next.maps);
  await keeper.close(20);
  expect([slow.state.aborted, next.state.begun]).toEqual([true, false]);
  expect([slow.state.freed, next.state.freed]).toEqual([1, 1]);
  expect(store.gradings.get('g1').maps).toBeNull();
  expect(existsSync(join(workFolder, 'g1.maps'))).toBe(false);
});
