/** The grading desk: takes a source (rig or upload) through the pipeline as a job, and keeps what comes out. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BordersAnswer,
  GradeSource,
  Grading,
  Job,
  NoGradeMark,
  Report,
  TemplateChoice,
} from '../../contract/index.ts';
import { answered, sidesInQuestion, withoutQuestion } from '../borders/index.ts';
import type { Calibrations } from '../calibration/index.ts';
import { type CaptureInput, type Encoding, readInput } from '../capture/index.ts';
import type { Clock } from '../clock/index.ts';
import { refuse } from '../errors/index.ts';
import { gradeSide, verdictsOf } from '../grading/index.ts';
import type { JobContext, Jobs } from '../jobs/index.ts';
import { applyLights, type Lights } from '../lights/index.ts';
import type { MapsKeeper } from '../maps/index.ts';
import type { Native } from '../native/index.ts';
import { checkRefusal, runPipeline } from '../pipeline/index.ts';
import type { Rigs } from '../rig/index.ts';
import type { Sheets } from '../sheets/index.ts';
import { software } from '../software/index.ts';
import type { StandardsBook } from '../standards/index.ts';
import type { Store } from '../store/index.ts';
import type { TemplateShelf } from '../templates/index.ts';
import { inputPath, type Uploads } from '../uploads/index.ts';
import { createComputeMaps } from './compute-maps.ts';
import { storeSink, summarise } from './sink.ts';

export interface GradeRequest {
  readonly source: GradeSource;
  readonly standard?: string | undefined;
  readonly cardId?: string | undefined;
  readonly pixelPitchMm?: number | undefined;
  readonly encoding?: Encoding | undefined;
  readonly template?: TemplateChoice | undefined;
}

export interface RegradeRequest {
  readonly standard: string;
  /** A person's no-grade mark; null takes it back, undefined keeps what is there. */
  readonly noGrade?: NoGradeMark | null | undefined;
  /** A person's answer to boundaries in question; null takes it back, undefined keeps what is there. */
  readonly borders?: BordersAnswer | null | undefined;
}

export interface Desk {
  /** @throws AppError for a standard, rig or upload that does not exist, or a read-only store */
  start(request: GradeRequest, actor: string): Promise<Job>;
  /** The maps of a side again, from its kept photographs. @throws AppError where there are maps, or no photographs */
  computeMaps(id: string, actor: string): Job;
  /** The same evidence judged again, as a new revision. @throws AppError */
  regrade(id: string, request: RegradeRequest, actor: string): Grading;
}

export interface DeskParts {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly rigs: Rigs;
  readonly uploads: Uploads;
  readonly sheets: Pick<Sheets, 'take'>;
  readonly native: Native;
  readonly standards: StandardsBook;
  readonly calibrations: Pick<Calibrations, 'inForceOn' | 'named'>;
  readonly templates: TemplateShelf;
  readonly lights: Pick<Lights, 'inForceOn'>;
  readonly keeper: MapsKeeper;
  readonly clock: Clock;
  /** For captures on their way through; emptied at start. */
  readonly workFolder: string;
}

/** Share of a job's time that photographing takes. */
const rigShare = 0.45;

/** A source made ready: where its files are, what it is called, and how to let it go. */
interface Opened {
  readonly input: CaptureInput;
  readonly sourceName: string;
  /** The native core, or one that sees a part of a picture. */
  readonly native: Native;
  close(): Promise<void>;
}

export function createDesk(parts: DeskParts): Desk {
  const { store, jobs, rigs, uploads, sheets, native, standards, templates, calibrations, lights, clock, workFolder } =
    parts;

  const fromRig = async (source: GradeSource & { kind: 'rig' }, context: JobContext): Promise<Opened> => {
    const sample = source.sample ?? 0;
    const rig = rigs.get(source.rigId);
    await mkdir(workFolder, { recursive: true });
    const folder = await mkdtemp(join(workFolder, 'capture-'));
    const close = () => rm(folder, { recursive: true, force: true });
    try {
      context.activity('photographing');
      const progress = (fraction: number) => context.progress(fraction * rigShare);
      await rig.capture(join(folder, 'capture'), { sample, progress }, context.signal);
      const said = await readInput(join(folder, 'capture'));
      const known = lights.inForceOn(source.rigId);
      const input = known ? { ...applyLights(said, known.found), lightsId: known.id } : said;
      const sourceName = `${rig.describe().name}, sample ${sample}`;
      return { input: { ...input, name: sourceName }, sourceName, native, close };
    } catch (error) {
      await close();
      throw error;
    }
  };

  const fromUpload = async (
    { uploadId, name }: GradeSource & { kind: 'upload' },
    request: GradeRequest,
  ): Promise<Opened> => {
    const upload = await uploads.open(uploadId);
    try {
      const input = await readInput(inputPath(upload), request);
      const sourceName = name ?? input.name;
      return { input: { ...input, name: sourceName }, sourceName, native, close: () => upload.cleanup() };
    } catch (error) {
      await upload.cleanup();
      throw error;
    }
  };

  const fromSheet = ({ sheetId, card }: GradeSource & { kind: 'sheet' }): Opened => {
    const taken = sheets.take(sheetId, card);
    return { ...taken, sourceName: taken.input.name, close: async () => taken.close() };
  };

  const work =
    (request: GradeRequest, open: (context: JobContext) => Promise<Opened>, begun: number, actor: string) =>
    async (context: JobContext) => {
      const standard = standards.find(request.standard ?? store.settings().standard);
      const prints = templates.matcher(request.template ?? { kind: 'auto' });
      const opened = await open(context);
      const id = randomUUID();
      const { input, sourceName } = opened;
      const calibration =
        request.source.kind === 'rig'
          ? calibrations.inForceOn(request.source.rigId)
          : calibrations.named(input.calibrationId);
      // A part of a picture has one light, and so no maps to compute again.
      const keeps = store.settings().keepFramesDays > 0 && request.source.kind !== 'sheet';
      const frames = keeps ? { ...input, pixelPitchMm: calibration?.pitchMm ?? input.pixelPitchMm } : null;
      const identity = { id, actor, sourceName, cardId: request.cardId ?? null };
      const sink = storeSink(store, native, identity, { keeper: parts.keeper, frames });
      try {
        context.activity('grading');
        await runPipeline(
          input,
          {
            native: opened.native,
            standard,
            calibration,
            assumptions: store.settings().assumptions,
            standards: standards.all,
            prints,
            software,
            now: () => clock.now(),
            sink,
            events: {
              stage: context.stage,
              progress: (fraction) => context.progress(begun + (1 - begun) * fraction),
            },
          },
          context.signal,
        );
        return { gradingId: id };
      } finally {
        sink.abandon();
        await opened.close();
      }
    };

  /** The first revision holds the widths as they were measured, before any answer. */
  const withAnswer = (id: string, latest: Report, answer: BordersAnswer | null): Report => {
    const { measurement, quality } = store.gradings.report(id, 1);
    if (!measurement || sidesInQuestion(measurement.sides).length === 0)
      throw refuse('conflict', 'no boundary of this card is in question', 'look at its widths', { field: 'borders' });
    const stages = answer === null ? quality.stages : quality.stages.map(withoutQuestion);
    return { ...latest, measurement: answered(measurement, answer), quality: { ...latest.quality, stages } };
  };

  return {
    async start(request, actor) {
      if (store.readOnlyReason !== null)
        throw refuse('store.readOnly', store.readOnlyReason, 'make the data folder writable and start again');
      standards.find(request.standard ?? store.settings().standard);
      const { source } = request;
      if (source.kind === 'rig') {
        const { name, simulated } = rigs.get(source.rigId).describe();
        const inForce = calibrations.inForceOn(source.rigId);
        const due = inForce && checkRefusal(inForce);
        if (due) throw due;
        return jobs.start(
          { kind: 'grade', title: name, simulated },
          work(request, (c) => fromRig(source, c), rigShare, actor),
        );
      }
      // Read here, so that a broken capture is refused to the person's face and not by a failed job.
      const opened = source.kind === 'sheet' ? fromSheet(source) : await fromUpload(source, request);
      const { sourceName: title, input } = opened;
      const job = jobs.start(
        { kind: 'grade', title, simulated: input.simulated },
        work(request, async () => opened, 0, actor),
      );
      // Also when it was cancelled before its turn.
      void jobs
        .ended(job.id)
        .then(() => opened.close())
        .catch(() => undefined);
      return job;
    },
    computeMaps: createComputeMaps(parts),
    regrade(id, request, actor) {
      const standard = standards.find(request.standard);
      const { summary, report: latest } = store.gradings.get(id);
      const report = request.borders === undefined ? latest : withAnswer(id, latest, request.borders);
      const condition = { corners: report.corners, edges: report.edges, surface: report.surface };
      const { noGrade } = report.grade;
      const kept = noGrade?.by === 'person' ? { code: noGrade.code, reason: noGrade.why } : null;
      const mark = request.noGrade === undefined ? kept : request.noGrade;
      const graded = gradeSide({ side: report.side, measurement: report.measurement, ...condition, mark }, standard);
      const regraded = {
        ...report,
        grade: graded.grade,
        verdicts: verdictsOf(report.measurement, report.side, standards.all),
        corners: graded.corners,
        edges: graded.edges,
        // A person's mark is their decision: nobody else has to look.
        quality: {
          ...report.quality,
          needsPerson:
            graded.grade.noGrade?.by !== 'person' && (report.error !== null || graded.grade.overall === null),
        },
      };
      const revised = {
        ...summarise(regraded, { id, sourceName: summary.sourceName }, summary.thumbnail),
        archived: summary.archived,
      };
      return store.write(actor, (tx) =>
        tx.gradings.revise(id, { summary: revised, report: regraded }, revisionReason(standard.name, request)),
      );
    },
  };
}

/** What the audit log says of a revision. */
function revisionReason(standard: string, { noGrade, borders }: RegradeRequest): string {
  if (borders !== undefined)
    return borders === null ? 'answer on borders taken back' : `boundaries in question: each is a ${borders}`;
  if (noGrade === undefined) return `graded again by ${standard}`;
  return noGrade === null ? 'no-grade mark taken back' : `marked ${noGrade.code}: ${noGrade.reason}`;
}
