/** Guided studies of the measuring system: planned, measured step by step, survived, analysed and written up. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Job,
  ResponseDetail,
  ResponseResult,
  Study,
  StudyImport,
  StudyReading,
  StudyRequest,
  StudySettings,
  StudySummary,
} from '../../contract/index.ts';
import type { Calibrations } from '../calibration/index.ts';
import { type Encoding, readInput } from '../capture/index.ts';
import type { Clock } from '../clock/index.ts';
import { refuse } from '../errors/index.ts';
import type { JobContext, Jobs } from '../jobs/index.ts';
import { chartsOf, methodOf, toHtml, toPdf } from '../msa/index.ts';
import type { Native } from '../native/index.ts';
import type { CalibrationInForce } from '../pipeline/index.ts';
import type { Rigs } from '../rig/index.ts';
import { software } from '../software/index.ts';
import type { Store, StoredStudy } from '../store/index.ts';
import { inputPath, type Uploads } from '../uploads/index.ts';
import { resultsCsv, studyCsv, studyReport } from './documents.ts';
import { requireOneGauge } from './gauge.ts';
import { importStudy } from './import.ts';
import { measureCapture, readTruth } from './measure.ts';
import { makePlan, placementSeed } from './plan.ts';
import { analyseResponse, overview } from './results.ts';
import { completeStudy, summaryOf, viewOf } from './view.ts';

export { studyDocuments } from './served.ts';

export interface MeasureRequest {
  readonly id: string;
  readonly step: number;
  readonly uploadId?: string | undefined;
  readonly pixelPitchMm?: number | undefined;
  readonly encoding?: Encoding | undefined;
}

export interface StudyDocument {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly name: string;
}

export interface Studies {
  list(): readonly StudySummary[];
  get(id: string): Study;
  create(request: StudyRequest, actor: string): Study;
  importCsv(request: StudyImport, actor: string): Study;
  measure(request: MeasureRequest, actor: string): Promise<Job>;
  withdraw(id: string, step: number, reason: string, actor: string): Study;
  setState(id: string, state: 'open' | 'paused' | 'cancelled', actor: string): Study;
  results(id: string, settings: StudySettings): readonly ResponseResult[];
  response(id: string, key: string, settings: StudySettings): ResponseDetail;
  /** `report.html`, `report.pdf`, `data.csv` or `results.csv`. @throws AppError `notFound` for another name */
  document(id: string, name: string, settings: StudySettings, only?: string): Promise<StudyDocument>;
}

export interface StudiesParts {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly rigs: Rigs;
  readonly uploads: Uploads;
  readonly native: Native;
  readonly calibrations: Pick<Calibrations, 'inForceOn' | 'named'>;
  readonly clock: Clock;
  readonly newId: () => string;
  /** 0..1, for the order of measuring. */
  readonly random: () => number;
  readonly workFolder: string;
}

export function createStudies(parts: StudiesParts): Studies {
  const { store, jobs, rigs, uploads, native, calibrations, clock, newId, random, workFolder } = parts;
  /** The job that measures a study's next step, while it runs. */
  const running = new Map<string, string>();

  const view = (id: string) => viewOf(store.studies.get(id), store.studies.readings(id), running.get(id) ?? null);
  const complete = (id: string) => completeStudy(store.studies.get(id), store.studies.readings(id));

  /** The step, when it is the one to measure now: measuring out of order would undo the random order. */
  const nextStep = (id: string, step: number): StoredStudy => {
    const now = view(id);
    if (now.jobId !== null) throw refuse('conflict', 'this study is being measured already', 'wait for it to end');
    if (now.summary.state !== 'open')
      throw refuse('conflict', `the study is ${now.summary.state}`, 'open it again, or start another');
    if (now.next !== step)
      throw refuse(
        'conflict',
        `step ${step + 1} is not the next one`,
        'reload the study and measure the step it names',
        {
          field: 'step',
        },
      );
    return store.studies.get(id);
  };

  const fromRig = async (
    { plan }: StoredStudy,
    step: number,
    attempt: number,
    calibration: CalibrationInForce | null,
    context: JobContext,
  ): Promise<StudyReading> => {
    const place = plan.steps[step];
    if (plan.rigId === null || !place) throw new Error('a step without a rig');
    await mkdir(workFolder, { recursive: true });
    const folder = await mkdtemp(join(workFolder, 'study-'));
    try {
      const capture = join(folder, 'capture');
      context.activity('photographing');
      const seed = placementSeed(plan, step, attempt);
      const calibrated = calibration !== null;
      const placement = { operator: place.operator, seed, replaced: plan.replace, calibrated };
      const progress = (fraction: number) => context.progress(0.8 * fraction);
      await rigs.get(plan.rigId).capture(capture, { sample: place.part + 1, placement, progress }, context.signal);
      const input = await readInput(capture);
      context.activity('measuring');
      const measured = await measureCapture(input, measuring(context, calibration, 0.8), context.signal);
      return { ...measured, source: plan.rigId, truth: measured.simulated ? await readTruth(capture) : null };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  const measuring = (context: JobContext, calibration: CalibrationInForce | null, begun: number) => ({
    native,
    calibration,
    assumptions: store.settings().assumptions,
    now: () => clock.now(),
    progress: (fraction: number) => context.progress(begun + (1 - begun) * fraction),
  });

  const keep = (id: string, step: number, reading: StudyReading, actor: string) =>
    store.write(actor, (tx) => tx.studies.addReading(id, step, reading));

  const begin = (
    study: StoredStudy,
    title: string,
    simulated: boolean,
    work: (context: JobContext) => Promise<void>,
  ) => {
    const job = jobs.start({ kind: 'measure', title, simulated }, async (context) => {
      await work(context);
      return undefined;
    });
    running.set(study.id, job.id);
    void jobs.ended(job.id).then(() => running.delete(study.id));
    return job;
  };

  const documents: Readonly<Record<string, DocumentMaker>> = {
    'report.html': async ({ report }) => ({ type: 'text/html; charset=utf-8', bytes: Buffer.from(toHtml(report())) }),
    'report.pdf': async ({ report }) => ({ type: 'application/pdf', bytes: await toPdf(report(), clock.now()) }),
    'data.csv': async ({ study }) => ({ type: csvType, bytes: Buffer.from(studyCsv(study)) }),
    'results.csv': async ({ study, settings }) => ({
      type: csvType,
      bytes: Buffer.from(resultsCsv(overview(study, settings))),
    }),
  };

  return {
    list: () => store.studies.list().map((study) => summaryOf(study, study.done)),
    get: view,
    create(request, actor) {
      const simulated = request.rigId !== null && rigs.get(request.rigId).describe().simulated;
      const plan = makePlan(request, { simulated, software, seed: Math.floor(random() * 2 ** 31) });
      const id = newId();
      const createdAt = clock.now().toISOString();
      store.write(actor, (tx) => tx.studies.insert({ id, createdAt, state: 'open', plan }));
      return view(id);
    },
    importCsv(request, actor) {
      const { plan, readings } = importStudy(request, software);
      const id = newId();
      const createdAt = clock.now().toISOString();
      store.write(actor, (tx) => tx.studies.insert({ id, createdAt, state: 'open', plan }, readings));
      return view(id);
    },
    async measure({ id, step, uploadId, ...options }, actor) {
      if (store.readOnlyReason !== null)
        throw refuse('store.readOnly', store.readOnlyReason, 'make the data folder writable and start again');
      const study = nextStep(id, step);
      const { plan } = study;
      const attempt = view(id).steps[step]?.attempts ?? 0;
      const title = `${plan.name}, step ${step + 1} of ${plan.steps.length}`;
      if (plan.origin === 'rig' && plan.rigId !== null) {
        const calibration = calibrations.inForceOn(plan.rigId);
        requireOneGauge(store.studies.readings(id), calibration);
        return begin(study, title, plan.simulated, async (context) => {
          keep(id, step, await fromRig(study, step, attempt, calibration, context), actor);
        });
      }
      if (uploadId === undefined)
        throw refuse('value.invalid', 'this study is measured from pictures, and none was sent', 'choose a picture', {
          field: 'uploadId',
        });
      const upload = await uploads.open(uploadId);
      try {
        const input = await readInput(inputPath(upload), options);
        const calibration = calibrations.named(input.calibrationId);
        requireOneGauge(store.studies.readings(id), calibration);
        const job = begin(study, title, input.simulated, async (context) => {
          context.activity('measuring');
          keep(
            id,
            step,
            { ...(await measureCapture(input, measuring(context, calibration, 0), context.signal)), truth: null },
            actor,
          );
        });
        void jobs.ended(job.id).then(() => upload.cleanup());
        return job;
      } catch (error) {
        await upload.cleanup();
        throw error;
      }
    },
    withdraw(id, step, reason, actor) {
      if (store.studies.get(id).plan.origin === 'csv')
        throw refuse(
          'notAllowed',
          'an imported study cannot be measured again',
          'correct the file and import it again',
        );
      if (running.has(id)) throw refuse('conflict', 'this study is being measured', 'wait for it to end');
      store.write(actor, (tx) => tx.studies.withdraw(id, step, reason));
      return view(id);
    },
    setState(id, state, actor) {
      const job = running.get(id);
      if (state !== 'open' && job !== undefined) jobs.cancel(job);
      store.write(actor, (tx) => tx.studies.setState(id, state));
      return view(id);
    },
    results: (id, settings) => overview(complete(id), settings),
    response(id, key, settings) {
      const study = complete(id);
      const result = analyseResponse(study, key, settings);
      const response = study.plan.responses.find((each) => each.key === key);
      if (!response) throw new Error('an analysed response that the study has not');
      return { response, result, charts: [...chartsOf(result)], method: methodOf(result) };
    },
    async document(id, name, settings, only) {
      const make = Object.hasOwn(documents, name) ? documents[name] : undefined;
      if (!make)
        throw refuse('notFound', `there is no document "${name}"`, `ask for ${Object.keys(documents).join(', ')}`);
      const stored = store.studies.get(id);
      const readings = store.studies.readings(id);
      const study = completeStudy(stored, readings);
      const made = await make({ study, settings, report: () => studyReport(stored, study, readings, settings, only) });
      return { ...made, name: `${fileName(stored.plan.name)}-${name}` };
    },
  };
}

const csvType = 'text/csv; charset=utf-8';

type DocumentMaker = (from: {
  readonly study: ReturnType<typeof completeStudy>;
  readonly settings: StudySettings;
  readonly report: () => ReturnType<typeof studyReport>;
}) => Promise<Omit<StudyDocument, 'name'>>;

/** Letters and digits of any script, so that the name is sound on every system. */
const fileName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'study';
