/** A calibration in the making: photographs, the solved camera, plane, scale and verification, up to the record. */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type {
  Artefact,
  BoardSource,
  BoardSpec,
  CalibrationDraft,
  CalibrationRecord,
  Job,
  Shot,
  ShotRole,
} from '../../contract/index.ts';
import type { Clock } from '../clock/index.ts';
import { refuse } from '../errors/index.ts';
import type { Jobs } from '../jobs/index.ts';
import { isMarkedSimulated } from '../marks/index.ts';
import type { Native } from '../native/index.ts';
import type { Rigs } from '../rig/index.ts';
import { software } from '../software/index.ts';
import type { Store } from '../store/index.ts';
import type { Uploads } from '../uploads/index.ts';
import { type Composed, compose, type Heights, makeRecord } from './compose.ts';
import { fileEntry, findBoard, type Picture } from './pictures.ts';
import { sheets } from './sheets.ts';
import { poseFor, sceneOf } from './simulated.ts';

export interface WorkbenchParts {
  readonly native: Native;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly rigs: Rigs;
  readonly uploads: Uploads;
  readonly clock: Clock;
  readonly workFolder: string;
  /** Where the pictures of accepted calibrations are kept. */
  readonly keepFolder: string;
}

export interface ComposeRequest {
  readonly artefact: Artefact | null;
  readonly temperatureC: number;
  readonly rulerMm?: number | undefined;
  readonly heights: Heights;
}

export interface Workbench {
  draft(): CalibrationDraft | null;
  /** @throws AppError `notFound` for a rig that does not exist */
  begin(rigId: string, board: BoardSpec | undefined): Promise<CalibrationDraft>;
  /** @throws AppError for a picture without the board; nothing is added then */
  shoot(role: ShotRole, source: BoardSource): Promise<CalibrationDraft>;
  remove(shotId: string): CalibrationDraft;
  solve(): Job;
  compose(request: ComposeRequest): Promise<CalibrationDraft>;
  accept(name: string, validDays: number, actor: string): Promise<CalibrationRecord>;
  discard(): Promise<boolean>;
}

/** A picture takes seconds; none may hang for ever. */
const pictureMs = 120_000;

interface Kept {
  readonly shot: Shot;
  readonly path: string;
}

interface State {
  readonly draft: CalibrationDraft;
  readonly folder: string;
  readonly kept: readonly Kept[];
  readonly request: ComposeRequest | undefined;
  readonly composed: Composed | undefined;
}

export function createWorkbench(parts: WorkbenchParts): Workbench {
  const { native, rigs, jobs, clock } = parts;
  let state: State | undefined;

  const need = (): State => {
    if (state) return state;
    throw refuse('conflict', 'no calibration has been begun', 'begin one first');
  };
  /** What follows from the photographs; a camera or a plane of other photographs is dropped. */
  const withShots = (before: State, kept: readonly Kept[], changed: ShotRole): State => {
    const shots = kept.map((k) => k.shot);
    const views = shots.filter((s) => s.role === 'view').map((s) => s.detection);
    const camera = changed === 'view' ? null : before.draft.camera;
    const coverage = native.calibration.coverage(before.draft.board, views);
    return {
      ...before,
      kept,
      composed: undefined,
      draft: { ...before.draft, shots, coverage, camera, composed: null },
    };
  };
  const boardFor = (role: ShotRole, { draft }: State): BoardSpec =>
    role === 'artefact' || (role === 'verify' && draft.shots.some((s) => s.role === 'artefact'))
      ? (draft.artefact?.board ?? sheets.artefact.board)
      : draft.board;

  return {
    draft: () => state?.draft ?? null,
    async begin(rigId, board = sheets.camera.board) {
      const { simulated } = rigs.get(rigId).describe();
      await this.discard();
      await mkdir(parts.workFolder, { recursive: true });
      const folder = await mkdtemp(join(parts.workFolder, 'calibration-'));
      const coverage = native.calibration.coverage(board, []);
      const fresh = { shots: [], camera: null, artefact: null, temperatureC: 20, composed: null };
      const draft = { rigId, simulated, board, coverage, ...fresh };
      state = { draft, folder, kept: [], request: undefined, composed: undefined };
      return draft;
    },
    async shoot(role, source) {
      const before = need();
      const board = boardFor(role, before);
      const own = before.kept.filter((k) => k.shot.role === role).length;
      const index = before.kept.length;
      const name = `${role}-${String(own + 1).padStart(2, '0')}`;
      const signal = AbortSignal.timeout(pictureMs);
      const sheet =
        role === 'artefact' || role === 'verify' ? { ...sheets.artefact, board } : { ...sheets.camera, board };
      const scene = () => sceneOf(native.calibration, sheet, poseFor(role, own));
      const picture = await takePicture(
        parts,
        before.draft.rigId,
        source,
        scene,
        join(before.folder, `${name}-${index}`),
        signal,
      );
      const detection = await findBoard(native, picture, board, signal);
      const now = need();
      if (now.folder !== before.folder)
        throw refuse('conflict', 'the calibration was begun anew', 'take the picture again');
      const kept = { shot: { id: randomUUID(), role, name, detection }, path: picture.path };
      // Of plane, artefact and verification only the newest counts.
      const others = role === 'view' ? now.kept : now.kept.filter((k) => k.shot.role !== role);
      const shot = withShots(now, [...others, kept], role);
      // One simulated picture makes the whole calibration one of the simulated bench.
      const simulated = shot.draft.simulated || picture.simulated;
      state = { ...shot, draft: { ...shot.draft, simulated } };
      return state.draft;
    },
    remove(shotId) {
      const before = need();
      const gone = before.kept.find((k) => k.shot.id === shotId);
      if (!gone) throw refuse('notFound', 'there is no such picture', 'reload the page', { field: 'shotId' });
      state = withShots(
        before,
        before.kept.filter((k) => k !== gone),
        gone.shot.role,
      );
      return state.draft;
    },
    solve() {
      const { draft, folder } = need();
      const [missing] = draft.coverage.missing;
      if (missing !== undefined)
        throw refuse('calibration.weak', `${draft.coverage.views.length} views do not determine the camera`, missing);
      const views = draft.shots.filter((s) => s.role === 'view').map((s) => s.detection);
      const title = rigs.get(draft.rigId).describe().name;
      return jobs.start({ kind: 'calibrate', title, simulated: draft.simulated }, async (context) => {
        const camera = await native.calibration.solve(draft.board, views, context.progress, context.signal);
        if (state?.folder !== folder || state.draft.shots.filter((s) => s.role === 'view').length !== views.length)
          throw refuse('conflict', 'the views have changed meanwhile', 'solve again');
        state = { ...state, draft: { ...state.draft, camera, composed: null }, composed: undefined };
        return undefined;
      });
    },
    async compose(request) {
      const before = need();
      const { camera, shots, board } = before.draft;
      const seen = (role: ShotRole) => shots.find((s) => s.role === role)?.detection;
      const plane = seen('plane');
      if (!camera) throw refuse('conflict', 'the camera is not solved yet', 'solve it from the views first');
      if (!plane)
        throw refuse('conflict', 'there is no picture of the board on the plane', 'lay the board flat and take it');
      const view = seen('artefact');
      if (request.artefact && !view)
        throw refuse('conflict', 'there is no picture of the artefact', 'lay the artefact on the plane and take it');
      const composed = await compose(
        native,
        {
          ...{ board, camera, plane, heights: request.heights, rulerReadingMm: request.rulerMm },
          scale:
            request.artefact && view
              ? { artefact: request.artefact, temperatureC: request.temperatureC, view }
              : undefined,
          verify: seen('verify'),
          today: clock.now(),
        },
        AbortSignal.timeout(pictureMs),
      );
      const now = need();
      if (now.kept !== before.kept) throw refuse('conflict', 'the pictures have changed meanwhile', 'try again');
      const { artefact, temperatureC } = request;
      state = { ...now, request, composed, draft: { ...now.draft, artefact, temperatureC, composed } };
      return state.draft;
    },
    async accept(name, validDays, actor) {
      const { draft, composed, kept, folder } = need();
      if (!draft.camera || !composed)
        throw refuse('conflict', 'the calibration is not complete', 'solve the camera and set the scale first');
      const files = await Promise.all(kept.map((k) => fileEntry(k.path, k.shot.role)));
      const record = makeRecord(composed, {
        id: randomUUID(),
        ...{ name, files, validDays, software },
        rigId: draft.rigId,
        createdBy: actor,
        simulated: draft.simulated,
        board: draft.board,
        camera: draft.camera,
        now: clock.now(),
      });
      await mkdir(parts.keepFolder, { recursive: true });
      await rename(folder, join(parts.keepFolder, record.id));
      parts.store.write(actor, (tx) => {
        tx.calibrations.insert(record);
        tx.calibrations.use(record.rigId, record.id, 'accepted');
      });
      state = undefined;
      return record;
    },
    async discard() {
      const before = state;
      state = undefined;
      if (before) await rm(before.folder, { recursive: true, force: true });
      return before !== undefined;
    },
  };
}

export interface TakenPicture extends Picture {
  readonly simulated: boolean;
}

/** The rig's photograph or a copy of the uploaded one, as a file of the draft. */
export async function takePicture(
  { rigs, uploads, store }: Pick<WorkbenchParts, 'rigs' | 'uploads' | 'store'>,
  rigId: string,
  source: BoardSource,
  scene: () => Readonly<Record<string, unknown>>,
  stem: string,
  signal: AbortSignal,
): Promise<TakenPicture> {
  if (store.readOnlyReason !== null)
    throw refuse('store.readOnly', store.readOnlyReason, 'make the data folder writable and start again');
  if (source.kind === 'rig') {
    const rig = rigs.get(rigId);
    if (!rig.photograph)
      throw refuse('notAllowed', 'this rig takes no single pictures', 'take the picture yourself and choose its file');
    const path = `${stem}.png`;
    await rig.photograph(scene(), path, seedOf(stem), signal);
    return { path, encoding: 'linear', simulated: rig.describe().simulated };
  }
  const upload = await uploads.open(source.uploadId);
  try {
    const [only, ...others] = upload.files;
    if (only === undefined || others.length > 0)
      throw refuse('value.invalid', `${upload.files.length} files were sent`, 'choose one picture', {
        field: 'source',
      });
    const path = `${stem}${extname(only).toLowerCase()}`;
    await copyFile(join(upload.folder, only), path);
    return { path, encoding: source.encoding, simulated: await isMarkedSimulated(path) };
  } finally {
    await upload.cleanup();
  }
}

/** Other noise for every picture. */
const seedOf = (text: string): number =>
  [...text].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 1_000_003, 7);
