/** Writes the maps of a graded side into the store after its grade is there: nobody waits for tiles to see a grade. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log/index.ts';
import type { NativeMaps } from '../native/index.ts';
import type { Store } from '../store/index.ts';

export interface MapsKeeper {
  /** Resolves when few enough sides wait that another may: solved maps take hundreds of megabytes each. */
  room(signal: AbortSignal): Promise<void>;
  /** Takes the maps over, writes them in their turn and lets them go; what fails is in the log, the grading stays. */
  keep(gradingId: string, actor: string, maps: NativeMaps): void;
  /** Writes maps that were computed again, and lets them go. @throws AppError when they cannot be kept */
  attach(gradingId: string, actor: string, maps: NativeMaps, reason: string | null, signal: AbortSignal): Promise<void>;
  /** Whether the maps of a grading are still to come. */
  isPending(gradingId: string): boolean;
  /** Waits for what is being written, at most `deadlineMs`; then gives up. */
  close(deadlineMs?: number): Promise<void>;
}

export interface MapsKeeperParts {
  readonly store: Pick<Store, 'files' | 'write'>;
  readonly log: Log;
  /** For files on their way into the store. */
  readonly workFolder: string;
  /** Sides that may wait at one time. */
  readonly most?: number;
}

const usualDeadlineMs = 6_000;

export function createMapsKeeper({ store, log, workFolder, most = 2 }: MapsKeeperParts): MapsKeeper {
  const pending = new Set<string>();
  const abort = new AbortController();
  let last: Promise<void> = Promise.resolve();
  /** Resolves when the next one has been written. */
  let turn = Promise.withResolvers<void>();

  const attach: MapsKeeper['attach'] = async (gradingId, actor, maps, reason, signal) => {
    const path = join(workFolder, `${gradingId}.maps`);
    let put: string | undefined;
    try {
      await mkdir(workFolder, { recursive: true });
      signal.throwIfAborted();
      await maps.writeTiles(path, signal);
      const { size: bytes } = await stat(path);
      const id = await store.files.put({ path }, signal);
      put = id;
      store.write(actor, (tx) => tx.gradings.attachMaps(gradingId, { id, bytes }, reason));
      put = undefined;
    } finally {
      if (put !== undefined) store.files.discard(put);
      maps.free();
      await rm(path, { force: true }).catch(() => undefined);
    }
  };
  const write = async (gradingId: string, actor: string, maps: NativeMaps): Promise<void> => {
    try {
      await attach(gradingId, actor, maps, null, abort.signal);
    } catch (error) {
      log.warn('the surface maps of a grading were not kept', {
        grading: gradingId,
        error: error instanceof Error ? error : String(error),
      });
    } finally {
      pending.delete(gradingId);
      turn.resolve();
      turn = Promise.withResolvers<void>();
    }
  };

  return {
    async room(signal) {
      while (pending.size >= most) {
        signal.throwIfAborted();
        const stopped = Promise.withResolvers<void>();
        const stop = () => stopped.resolve();
        signal.addEventListener('abort', stop, { once: true });
        await Promise.race([turn.promise, stopped.promise]);
        signal.removeEventListener('abort', stop);
      }
    },
    keep(gradingId, actor, maps) {
      pending.add(gradingId);
      last = last.then(() => write(gradingId, actor, maps));
    },
    attach,
    isPending: (gradingId) => pending.has(gradingId),
    async close(deadlineMs = usualDeadlineMs) {
      const late = new AbortController();
      const inTime = await Promise.race([
        last.then(() => true),
        delay(deadlineMs, false, { signal: late.signal }).catch(() => true),
      ]);
      late.abort();
      if (inTime) return;
      abort.abort(new Error('the program is closing'));
      await last;
    },
  };
}
