/** What the workstation does with calibrations: lists them, checks for drift, tests for acceptance, and says what is in force. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Acceptance,
  Artefact,
  BoardSource,
  CalibrationDetail,
  CalibrationRecord,
  CalibrationSummary,
  DriftCheck,
} from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import type { CalibrationInForce } from '../pipeline/index.ts';
import { software } from '../software/index.ts';
import { accept, probeArtefact } from './acceptance.ts';
import { checkOf, hasDrifted, inForce, stateOf } from './compose.ts';
import { findBoard, type Picture, withPicture } from './pictures.ts';
import { expansionOf } from './scale.ts';
import { type Sheet, sheets } from './sheets.ts';
import { poseFor, sceneOf } from './simulated.ts';
import { driftStatus, type Mpe } from './verify.ts';
import { createWorkbench, takePicture, type Workbench, type WorkbenchParts } from './workbench.ts';

export interface Calibrations {
  readonly workbench: Workbench;
  list(): CalibrationSummary[];
  /** @throws AppError `notFound` */
  detail(id: string): CalibrationDetail;
  use(rigId: string, id: string | null, reason: string, actor: string): void;
  drift(id: string, source: BoardSource, actor: string): Promise<DriftCheck>;
  acceptance(id: string, request: AcceptanceRequest, actor: string): Promise<Acceptance>;
  /** The calibration that a rig works under. */
  inForceOn(rigId: string): CalibrationInForce | null;
  /** The calibration that a capture names; null when this workstation does not know it. */
  named(id: string | null): CalibrationInForce | null;
}

export interface AcceptanceRequest {
  readonly source: BoardSource;
  readonly repeats: number;
  readonly mpe: Mpe;
}

const checkMs = 300_000;

export function createCalibrations(parts: WorkbenchParts): Calibrations {
  const { store, native, clock } = parts;
  const summary = (record: CalibrationRecord): CalibrationSummary => {
    const checks = store.calibrations.drift(record.id);
    const { at: checkedAt, due: checkDue } = checkOf(record, checks, store.settings(), clock.now());
    return { ...plainSummary(record, checks), checkedAt, checkDue };
  };
  const plainSummary = (record: CalibrationRecord, checks: readonly DriftCheck[]) => ({
    id: record.id,
    name: record.name,
    rigId: record.rigId,
    createdAt: record.createdAt,
    createdBy: record.createdBy,
    expiresAt: record.expiresAt,
    simulated: record.simulated,
    active: store.calibrations.active(record.rigId)?.id === record.id,
    state: stateOf(record, clock.now(), hasDrifted(checks)),
    scaleKind: record.scale.kind,
    pitchMm: record.plane.pitchMm,
    heldOutRmsPx: record.camera.heldOutRmsPx,
    worstMm: record.verification.worstMm,
  });
  const apply = (record: CalibrationRecord | null) =>
    record && inForce(record, clock.now(), store.calibrations.drift(record.id), store.settings());

  /** Runs work in a folder of its own, for pictures that are not kept. */
  const inScratch = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    await mkdir(parts.workFolder, { recursive: true });
    const folder = await mkdtemp(join(parts.workFolder, 'check-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const pictureOf = (
    record: CalibrationRecord,
    source: BoardSource,
    index: number,
    folder: string,
    signal: AbortSignal,
  ) => {
    const sheet = standardOf(record).sheet;
    // Hours of work lie between two checks: the standard never lies twice in one place.
    const seed = store.calibrations.drift(record.id).length + index;
    const scene = () => sceneOf(native.calibration, sheet, poseFor('verify', seed));
    return takePicture(parts, record.rigId, source, scene, join(folder, `picture-${seed}`), signal);
  };

  return {
    workbench: createWorkbench(parts),
    list: () => store.calibrations.list().map(summary),
    detail(id) {
      const record = store.calibrations.get(id);
      const [drift, acceptances] = [store.calibrations.drift(id), store.calibrations.acceptances(id)];
      return { summary: summary(record), record, drift, acceptances };
    },
    use(rigId, id, reason, actor) {
      if (id !== null && store.calibrations.get(id).rigId !== rigId)
        throw refuse('value.invalid', 'this calibration is of another rig', 'choose one of the same rig', {
          field: 'id',
        });
      store.write(actor, (tx) => tx.calibrations.use(rigId, id, reason));
    },
    drift: (id, source, actor) =>
      inScratch(async (folder) => {
        const record = store.calibrations.get(id);
        const { sheet, artefact } = standardOf(record);
        const signal = AbortSignal.timeout(checkMs);
        const view = await findBoard(native, await pictureOf(record, source, 0, folder, signal), sheet.board, signal);
        const nominal = native.calibration.layout(sheet.board).lengths;
        const lengths =
          artefact?.lengths ?? nominal.map((l) => ({ ...l, certifiedMm: l.certifiedMm * record.scale.factor }));
        const temperature = record.scale.kind === 'certified' ? record.scale.temperatureC : 20;
        const expansion = artefact ? expansionOf(artefact, temperature) : 0;
        const comparisons = native.calibration.compare(record.plane.map, view, lengths, expansion);
        const identity = { id: randomUUID(), calibrationId: id, time: clock.now().toISOString(), actor };
        const check: DriftCheck = { ...identity, ...driftStatus(comparisons), comparisons };
        store.write(actor, (tx) => tx.calibrations.addDrift(check));
        return check;
      }),
    acceptance: (id, { source, repeats, mpe }, actor) =>
      inScratch(async (folder) => {
        const record = store.calibrations.get(id);
        const { artefact } = standardOf(record);
        if (!artefact || record.scale.kind !== 'certified')
          throw refuse(
            'calibration.weak',
            'this calibration rests on no certified artefact',
            'calibrate with a certified artefact first: acceptance compares with its certificate',
          );
        const signal = AbortSignal.timeout(checkMs);
        const pictures: Picture[] = [];
        const count = source.kind === 'rig' ? repeats : 1;
        for (let i = 0; i < count; i += 1) pictures.push(await pictureOf(record, source, i, folder, signal));
        const views = [];
        for (const picture of pictures) views.push(await findBoard(native, picture, artefact.board, signal));
        const [picture] = pictures;
        const [view] = views;
        const probing =
          picture && view
            ? await withPicture(native, picture, signal, (stack) =>
                probeArtefact(native, stack, record.plane.map, artefact, view, signal).catch(noDisc),
              )
            : null;
        const { temperatureC } = record.scale;
        const identity = { id: randomUUID(), createdAt: clock.now().toISOString(), createdBy: actor, software };
        const result = accept(native, { record, artefact, temperatureC, mpe, views, probing }, identity);
        store.write(actor, (tx) => tx.calibrations.addAcceptance(result));
        return result;
      }),
    inForceOn: (rigId) => apply(store.calibrations.active(rigId)),
    named: (id) => apply(store.calibrations.list().find((record) => record.id === id) ?? null),
  };
}

/** A picture without the disc leaves the probing error out; the report says so. */
const noDisc = (error: unknown): null => {
  if (error instanceof Error && 'code' in error && error.code === 'board.notFound') return null;
  throw error;
};

/** The check standard of a record: its artefact, or the board itself where there is none. */
function standardOf(record: CalibrationRecord): { sheet: Sheet; artefact: Artefact | undefined } {
  if (record.scale.kind === 'stated') return { sheet: { ...sheets.camera, board: record.board }, artefact: undefined };
  const { artefact } = record.scale;
  return { sheet: { ...sheets.artefact, board: artefact.board }, artefact };
}
