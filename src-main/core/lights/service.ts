/** Lights on the workstation: found from pictures of targets as a job, accepted as a record, in use on a rig. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Job,
  type LightCalibration,
  type LightDraft,
  type LightRecord,
  type LightRequest,
  type LightSource,
  type LightSummary,
  type LightTarget,
  lightTargetNames,
} from '../../contract/index.ts';
import { type CaptureInput, readInput } from '../capture/index.ts';
import type { Clock } from '../clock/index.ts';
import { refuse } from '../errors/index.ts';
import type { JobContext, Jobs } from '../jobs/index.ts';
import type { Native } from '../native/index.ts';
import type { Rigs } from '../rig/index.ts';
import { software } from '../software/index.ts';
import type { Store } from '../store/index.ts';
import { inputPath, type Uploads } from '../uploads/index.ts';
import { calibrateLights, flatsOf } from './calibrate.ts';

export interface Lights {
  list(): LightSummary[];
  /** @throws AppError `notFound` */
  get(id: string): LightRecord;
  draft(): LightDraft | null;
  /** @throws AppError where targets or what belongs to them are missing */
  find(request: LightRequest): Promise<Job>;
  /** @throws AppError `conflict` when there is nothing to accept */
  accept(name: string, actor: string): LightSummary;
  discard(): boolean;
  use(rigId: string, id: string | null, reason: string, actor: string): void;
  /** The lights that a rig's captures are solved with; null: what the capture says. */
  inForceOn(rigId: string): LightRecord | null;
}

export interface LightsParts {
  readonly native: Native;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly rigs: Rigs;
  readonly uploads: Uploads;
  readonly clock: Clock;
  readonly workFolder: string;
}

/** Share of the job's time that photographing takes. */
const photographShare = 0.4;

export function createLights(parts: LightsParts): Lights {
  const { native, store, jobs, rigs, clock } = parts;
  let draft: LightDraft | null = null;
  const summaryOf = ({ found, ...record }: LightRecord): LightSummary => ({
    ...{ id: record.id, name: record.name, rigId: record.rigId },
    ...{ createdAt: record.createdAt, createdBy: record.createdBy },
    ...{ simulated: found.simulated, lights: found.lights.length, chosen: found.chosen },
    worstDeg: found.agreement.length === 0 ? null : Math.max(...found.agreement.map((a) => a.worstDeg)),
    active: store.lights.active(record.rigId)?.id === record.id,
  });

  return {
    list: () => store.lights.list().map(summaryOf),
    get: (id) => store.lights.get(id),
    draft: () => draft,
    async find(request) {
      requireWhole(request);
      const { name, simulated } = rigs.get(request.rigId).describe();
      return jobs.start({ kind: 'calibrate', title: name, simulated }, async (context) => {
        const found = await inFolder(parts, (folder) => findLights(parts, request, folder, context));
        draft = { rigId: request.rigId, found };
        return undefined;
      });
    },
    accept(name, actor) {
      if (!draft) throw refuse('conflict', 'no lights have been found yet', 'find them from their targets first');
      const record: LightRecord = {
        ...{ schema: 'trugrade.lightRecord/1', id: randomUUID(), name, createdBy: actor },
        ...{ rigId: draft.rigId, found: draft.found, createdAt: clock.now().toISOString() },
      };
      store.write(actor, (tx) => {
        tx.lights.insert(record);
        tx.lights.use(record.rigId, record.id, 'accepted');
      });
      draft = null;
      return summaryOf(record);
    },
    discard() {
      const there = draft !== null;
      draft = null;
      return there;
    },
    use(rigId, id, reason, actor) {
      if (id !== null && store.lights.get(id).rigId !== rigId)
        throw refuse('value.invalid', 'this calibration is of another rig', 'choose one of the same rig', {
          field: 'id',
        });
      store.write(actor, (tx) => tx.lights.use(rigId, id, reason));
    },
    inForceOn: (rigId) => store.lights.active(rigId),
  };

  async function findLights(
    { uploads }: LightsParts,
    request: LightRequest,
    folder: string,
    context: JobContext,
  ): Promise<LightCalibration> {
    const wanted = lightTargetNames.flatMap((target) => {
      const source = request[target];
      return source ? [{ target, source }] : [];
    });
    const opened: { target: LightTarget; input: CaptureInput; close: () => Promise<void> }[] = [];
    try {
      context.activity('photographing');
      for (const [i, { target, source }] of wanted.entries()) {
        const progress = (f: number) => context.progress((photographShare * (i + f)) / wanted.length);
        opened.push({
          target,
          ...(await open(target, source, request, join(folder, target), progress, context.signal)),
        });
      }
      const of = (target: LightTarget) => opened.find((o) => o.target === target)?.input;
      const [mirror, matte, low, high] = lightTargetNames.map(of);
      const balls = {
        circles: [],
        count: request.balls,
        radiusMm: request.ballMm === null ? null : request.ballMm / 2,
      };
      context.activity('lights');
      return await calibrateLights(
        {
          ...{ mirror, matte },
          flats: [
            ...(low ? [{ input: flatsOf(low), heightMm: 0 }] : []),
            ...(high ? [{ input: flatsOf(high), heightMm: request.raisedMm ?? 0 }] : []),
          ],
        },
        {
          native,
          bench: {
            pixelPitchMm: (low ?? mirror ?? matte ?? high)?.pixelPitchMm ?? null,
            cameraMm: request.cameraMm,
          },
          ...{ mirrorBalls: balls, matteBalls: balls, use: request.use ?? undefined, software },
          now: () => clock.now(),
          progress: (f) => context.progress(photographShare + (1 - photographShare) * f),
        },
        context.signal,
      );
    } finally {
      for (const { close } of opened) await close();
    }

    async function open(
      target: LightTarget,
      source: LightSource,
      { rigId }: LightRequest,
      into: string,
      progress: (fraction: number) => void,
      signal: AbortSignal,
    ) {
      if (source.kind === 'rig') {
        const rig = rigs.get(rigId);
        if (!rig.photographTarget)
          throw refuse(
            'notAllowed',
            'this rig takes no pictures of targets',
            'capture the target and choose its folder',
          );
        await mkdir(into, { recursive: true });
        await rig.photographTarget(target, into, progress, signal);
        return { input: await readInput(into), close: async () => undefined };
      }
      const upload = await uploads.open(source.uploadId);
      try {
        return { input: await readInput(inputPath(upload)), close: () => upload.cleanup() };
      } catch (error) {
        await upload.cleanup();
        throw error;
      }
    }
  }
}

/** @throws AppError `value.invalid` naming what is missing */
function requireWhole(request: LightRequest): void {
  if (lightTargetNames.every((target) => request[target] === null))
    throw refuse(
      'value.invalid',
      'there is nothing to find the lights from',
      'choose pictures of a mirror ball, a matte ball or a white plane',
      { field: 'mirror' },
    );
  if (request.flatsRaised && request.raisedMm === null)
    throw refuse('value.invalid', 'the height of the raised plane is missing', 'say by how much it lay higher', {
      field: 'raisedMm',
    });
}

/** Runs work in a folder of its own, for pictures that are not kept. */
async function inFolder<T>({ workFolder }: LightsParts, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(workFolder, { recursive: true });
  const folder = await mkdtemp(join(workFolder, 'lights-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
