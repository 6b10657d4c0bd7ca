/** Keeps maps and photographs of gradings as long as the settings say: looked after at the start and a few times a day. */
import type { Clock } from '../clock/index.ts';
import type { Log } from '../log/index.ts';
import type { Store } from '../store/index.ts';

const dayMs = 86_400_000;
const everyMs = dayMs / 4;

export interface MapsRetention {
  /** Looks now, e.g. after the setting was changed. */
  look(actor: string): void;
  close(): void;
}

export function keepMaps(store: Store, clock: Clock, log: Log): MapsRetention {
  const look = (actor: string) => {
    if (store.readOnlyReason !== null) return;
    const { keepMapsDays, keepFramesDays } = store.settings();
    const before = (days: number) => new Date(clock.now().getTime() - days * dayMs).toISOString();
    const maps = store.write(actor, (tx) => tx.dropMaps(before(keepMapsDays)));
    if (maps.gradings > 0) log.info('old surface maps were let go', { ...maps, madeBefore: before(keepMapsDays) });
    const frames = store.write(actor, (tx) => tx.dropFrames(before(keepFramesDays)));
    if (frames.gradings > 0) log.info('old photographs were let go', { ...frames, madeBefore: before(keepFramesDays) });
  };
  const gently = () => {
    try {
      look('retention');
    } catch (error) {
      log.warn('old surface maps and photographs could not be let go', {
        error: error instanceof Error ? error : String(error),
      });
    }
  };
  gently();
  const timer = setInterval(gently, everyMs);
  timer.unref();
  return { look, close: () => clearInterval(timer) };
}
