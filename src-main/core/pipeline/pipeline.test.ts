/** The pipeline's order, outcomes and clean-up, with a native core made of paper. */
import { describe, expect, it } from 'vitest';
import type { Measurement, PlaneMap, Report } from '../../contract/index.ts';
import type { CaptureInput, CaptureLight } from '../capture/index.ts';
import { AppError, refuse } from '../errors/index.ts';
import { findStandard } from '../grading/index.ts';
import type {
  Condition,
  FrameQuality,
  Native,
  NativeCalibration,
  NativeMaps,
  NativeOutline,
  NativeStack,
} from '../native/index.ts';
import { type CalibrationInForce, type PipelineOptions, runPipeline, type Segmenter } from './index.ts';

const light = (i: number): CaptureLight => ({
  name: `light-${i}.png`,
  path: `/capture/light-${i}.png`,
  flatPath: undefined,
  intensity: [1, 1, 1],
  direction: [Math.cos(i), Math.sin(i), 1],
  positionMm: undefined,
});

const input = (lights: number): CaptureInput => ({
  name: 'card',
  kind: 'capture',
  side: 'front',
  encoding: 'linear',
  pixelPitchMm: 0.04,
  expectedSizeMm: undefined,
  lights: Array.from({ length: lights }, (_, i) => light(i)),
  darkPath: undefined,
  maskPath: undefined,
  camera: undefined,
  cardId: null,
  simulated: true,
  calibrationId: null,
});

const frame = (change: Partial<FrameQuality> = {}): FrameQuality => ({
  name: 'light-0.png',
  clippedFraction: 0,
  darkFraction: 0,
  mean: 0.3,
  noiseSigma: 0.01,
  sharpness: 0.5,
  shiftPx: [0, 0],
  shiftConfidence: 1,
  ...change,
});

/** Prints are registered in their own tests. */
const unused = async (): Promise<never> => {
  throw new Error('no template is asked for here');
};
const noTemplates: Native['templates'] = {
  ...{ openGallery: unused, recognise: unused, match: unused, anchors: unused, learn: unused, check: unused },
};

const fourSides = <T>(value: T) => ({ left: value, right: value, top: value, bottom: value });
const measurement: Measurement = {
  pixelPitchMm: 0.04,
  points: Array.from({ length: 24 }, (_, i) => ({
    edge: 'left',
    index: (i % 7) + 1,
    widthMm: 3,
    uncertaintyMm: 0.005,
    widthPx: 75,
    uncertaintyPx: 0.1,
    status: 'ok',
    outer: null,
    border: null,
    method: 'erf',
  })),
  meanMm: fourSides(3),
  meanPx: fourSides(75),
  sides: fourSides({ measured: true }),
  centering: {
    leftRight: [50, 50],
    topBottom: [50, 50],
    uncertaintyPp: 0.1,
    leftRightUncertaintyPp: 0.1,
    topBottomUncertaintyPp: 0.1,
    worstStation: null,
  },
  sizeMm: { width: 63.5, height: 88.9 },
  sizePx: { width: 1587, height: 2222 },
  cardAngleDeg: 0,
  printTiltDeg: 0,
  outline: {
    corners: Array.from({ length: 4 }, () => ({ xPx: 0, yPx: 0 })),
    cornerRadiusPx: 75,
    edges: fourSides([]),
    border: fourSides(null),
  },
};
const corner = { score: null, angleDeg: 90, radiusMm: 3, missingAreaMm2: 0, frayMm: 0, whiteningMm2: 0 };
const edge = { score: null, chippingMm2: 0, longestChipMm: 0, whiteningMm: 0, frayMm: 0 };
const condition: Condition = {
  defects: [],
  corners: { topLeft: corner, topRight: corner, bottomRight: corner, bottomLeft: corner },
  edges: fourSides(edge),
  foilFraction: 0,
  judgedFraction: 1,
  notes: [],
};

interface Paper {
  readonly native: Native;
  /** What is held in native memory right now. */
  readonly held: Set<string>;
}

function paperNative(
  change: { frames?: FrameQuality[]; findOutline?: Native['findOutline']; stations?: number } = {},
): Paper {
  const held = new Set<string>();
  const unused = () => Promise.reject(new Error('not used here'));
  const hold = (what: string) => {
    held.add(what);
    return () => void held.delete(what);
  };
  const outline: NativeOutline = {
    info: {
      sizePx: [1587, 2222],
      angleDeg: 0,
      confidence: 1,
      worstResidualPx: 0.1,
      leastContrast: 0.3,
      worstBlurPx: 1,
    },
    stations: () => ({ count: change.stations ?? 24 }),
    refine: async () => ({
      info: { outerOk: 24, borderOk: 24, methods: { erf: 48 }, worstScaleDisagreementPx: 0.01 },
      calculate: () => measurement,
    }),
  };
  const native: Native = {
    version: 'paper',
    calibration: paperCalibration(),
    lights: { byMirrorBalls: unused, byMatteBalls: unused, byFlatFields: unused },
    loadStack: async (): Promise<NativeStack> => ({
      widthPx: 100,
      heightPx: 100,
      rawBytes: 1,
      quality: async () => change.frames ?? [frame()],
      photo: unused,
      cropped: unused,
      free: hold('stack'),
    }),
    solve: async (): Promise<NativeMaps> => ({
      summary: {
        unknownFraction: 0,
        rejectedFraction: 0,
        conditionNumber: 3,
        medianResidual: 0.01,
        medianConfidenceDeg: 0.5,
        method: 'auto',
        varnishStrength: 0,
        varnishExponent: 0,
        lightRatios: [],
        nearLight: false,
        flatFielded: false,
        notes: [],
      },
      writeNpy: unused,
      writeFile: unused,
      writePng: unused,
      view: unused,
      writeTiles: unused,
      free: hold('maps'),
    }),
    findCards: unused,
    findOutline: change.findOutline ?? (async () => outline),
    analyse: async () => condition,
    detectEdges: unused,
    simulate: unused,
    openTiles: unused,
    templates: noTemplates,
    thumbnail: unused,
  };
  return { native, held };
}

/** Only the map of a stated camera is asked for here. */
function paperCalibration(): NativeCalibration {
  const unused = () => {
    throw new Error('not used here');
  };
  return {
    ...{ layout: unused, png: unused, detect: unused, coverage: unused, solve: unused, fitPlane: unused },
    ...{ compare: unused, toMm: unused, probe: unused, simulate: unused },
    facing: () => plane,
  };
}

const plane: PlaneMap = {
  imagePx: [100, 100],
  intrinsics: [1e4, 1e4, 50, 50],
  distortion: [0.02, 0, 0, 0, 0],
  toPlane: [
    [400, 0, 0],
    [0, 400, 0],
    [0, 0, 1],
  ],
};

interface Delivered {
  reports: Report[];
  prepared: number;
}

async function run(
  lights: number,
  paper: Paper,
  more: Partial<PipelineOptions> = {},
  signal = new AbortController().signal,
) {
  const delivered: Delivered = { reports: [], prepared: 0 };
  const sink = {
    prepare: async () => {
      delivered.prepared += 1;
    },
    commit: async (report: Report) => {
      delivered.reports.push(report);
    },
  };
  const options: PipelineOptions = {
    native: paper.native,
    standard: findStandard('psa'),
    software: { version: '1', commit: 'c' },
    now: () => new Date(0),
    sink,
    ...more,
  };
  const report = await runPipeline(input(lights), options, signal);
  return { report, delivered };
}

const statuses = (report: Report) => Object.fromEntries(report.quality.stages.map((s) => [s.stage, s.status]));

describe('the pipeline', () => {
  it('runs eight stages in order, with rising progress, and frees what it held', async () => {
    const paper = paperNative();
    const order: string[] = [];
    const progress: number[] = [];
    const events = {
      stage: (name: string, status: string) => void order.push(`${name} ${status}`),
      progress: (fraction: number) => void progress.push(fraction),
    };
    const { report, delivered } = await run(8, paper, { events });
    expect(order.filter((o) => o.endsWith('running'))).toHaveLength(8);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(report.grade.overall).toBe(10);
    expect(report.quality.needsPerson).toBe(false);
    expect(delivered.reports).toEqual([report]);
    expect(paper.held.size).toBe(0);
  });

  it('measures a single image and says why corners, edges and surface are missing', async () => {
    const { report } = await run(1, paperNative());
    expect(statuses(report)).toMatchObject({ preprocessing: 'skipped', measurement: 'ok', quality: 'skipped' });
    expect(report.measurement).not.toBeNull();
    expect(report.photometric).toBeNull();
    expect(report.grade.overall).toBeNull();
    expect(report.grade.reason).toMatch(/three lights/);
    expect(report.quality.needsPerson).toBe(true);
  });

  it('asks a person when no card is found, and still delivers the maps', async () => {
    const findOutline = () => Promise.reject(refuse('card.notFound', 'there is no card', 'place one'));
    const paper = paperNative({ findOutline });
    const { report, delivered } = await run(8, paper);
    expect(statuses(report)).toMatchObject({
      preprocessing: 'ok',
      segmentation: 'person',
      refinement: 'skipped',
      output: 'ok',
    });
    expect(report.error?.code).toBe('card.notFound');
    expect(report.grade.reason).toBe('there is no card; place one');
    expect(delivered.prepared).toBe(1);
    expect(paper.held.size).toBe(0);
  });

  it('takes the next segmenter when the first finds nothing, and calls that a fallback', async () => {
    const paper = paperNative();
    const blind: Segmenter = { name: 'blind', segment: () => Promise.reject(refuse('card.notFound', 'nothing', 'x')) };
    const sharp: Segmenter = { name: 'sharp', segment: (...args) => paper.native.findOutline(...args) };
    const { report } = await run(8, paper, { segmenters: [blind, sharp] });
    const stage = report.quality.stages.find((s) => s.stage === 'segmentation');
    expect(stage).toMatchObject({ status: 'fallback', note: 'found by the sharp segmenter' });
    expect(report.grade.overall).toBe(10);
  });

  it.each([
    ['overexposed', { clippedFraction: 0.9 }, 'image.saturated'],
    ['black', { mean: 0.001 }, 'image.dark'],
    ['moved', { shiftPx: [9, 0] as [number, number], shiftConfidence: 0.95 }, 'value.invalid'],
  ] as const)('asks for a new capture when a frame is %s', async (_, change, code) => {
    const paper = paperNative({ frames: [frame(change)] });
    const { report } = await run(8, paper);
    expect(statuses(report)).toMatchObject({ acquisition: 'person', preprocessing: 'skipped', quality: 'skipped' });
    expect(report.error?.code).toBe(code);
    expect(paper.held.size).toBe(0);
  });

  it('only warns of a movement that is not certain', async () => {
    const moved = frame({ shiftPx: [9, 0], shiftConfidence: 0.65 });
    const { report } = await run(8, paperNative({ frames: [moved] }));
    expect(statuses(report)).toMatchObject({ acquisition: 'ok' });
    expect(report.quality.warnings.join()).toMatch(/moved by 9.0 px/);
  });

  it('delivers nothing when it is cancelled, and frees what it held', async () => {
    const stop = new AbortController();
    const paper = paperNative();
    const events = { stage: (name: string) => name === 'refinement' && stop.abort() };
    await expect(run(8, paper, { events: { stage: (n) => void events.stage(n) } }, stop.signal)).rejects.toThrow(
      /abort/i,
    );
    expect(paper.held.size).toBe(0);
  });

  it('lets bad input and faults through as errors, and frees what it held', async () => {
    for (const code of ['internal', 'cancelled'] as const) {
      const paper = paperNative({ findOutline: () => Promise.reject(refuse(code, 'x', 'y')) });
      await expect(run(8, paper)).rejects.toBeInstanceOf(AppError);
      expect(paper.held.size).toBe(0);
    }
  });

  it('says that U is repeatability only when no calibration stands behind the scale', async () => {
    const uncalibrated = { ...input(8), simulated: false };
    const paper = paperNative();
    const sink = { prepare: async () => undefined, commit: async () => undefined };
    const options = {
      native: paper.native,
      standard: findStandard('psa'),
      software: { version: '1', commit: 'c' },
      now: () => new Date(0),
      sink,
    };
    const report = await runPipeline(uncalibrated, options, new AbortController().signal);
    expect(report.quality.warnings.join()).toMatch(/repeatability/);
    const calibrated = await runPipeline(
      { ...uncalibrated, calibrationId: 'c1' },
      options,
      new AbortController().signal,
    );
    expect(calibrated.quality.warnings.join()).not.toMatch(/repeatability/);
  });

  it('asks a person when a station cannot be placed', async () => {
    const { report } = await run(8, paperNative({ stations: 23 }));
    expect(statuses(report)).toMatchObject({ referencePoints: 'person', refinement: 'skipped' });
    expect(report.measurement).toBeNull();
  });

  it('corrects lens distortion by the stated camera, and says so, or that it cannot', async () => {
    const sink = { prepare: async () => undefined, commit: async () => undefined };
    const software = { version: '1', commit: 'c' };
    const options = {
      native: paperNative().native,
      standard: findStandard('psa'),
      software,
      now: () => new Date(0),
      sink,
    };
    const warnings = async (given: CaptureInput) =>
      (await runPipeline(given, options, new AbortController().signal)).quality.warnings.join();
    const camera: CaptureInput['camera'] = {
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      distortion: [0.02, 0, 0, 0, 0],
    };
    expect(await warnings({ ...input(8), camera })).toMatch(/distortion is corrected/);
    const wide = { ...camera, distortion: [0.02, 0, 0, 0, 0, 0.1, 0, 0] };
    expect(await warnings({ ...input(8), camera: wide })).toMatch(/distortion is not corrected/);
    expect(await warnings(input(8))).not.toMatch(/distortion/);
  });

  it('measures under the calibration in force and refuses one that has expired or drifted', async () => {
    const calibration: CalibrationInForce = {
      ...{ id: 'c1', state: 'valid', expiresAt: '2027-01-01T00:00:00Z', map: plane, pitchMm: 0.0412 },
      ...{ scale: 'certified', scaleRelative: 1e-5, distortionPx: 0.01 },
    };
    const at = async (state: CalibrationInForce['state']) =>
      (await run(8, paperNative(), { calibration: { ...calibration, state } })).report;
    expect(statuses(await at('valid'))).toMatchObject({ acquisition: 'ok', measurement: 'ok' });
    expect((await at('expiring')).quality.warnings.join()).toMatch(/expires on 2027-01-01/);
    for (const state of ['expired', 'drifted'] as const) {
      const report = await at(state);
      expect(report.error).toMatchObject({ code: 'calibration.due' });
      expect(report.measurement).toBeNull();
    }
  });

  it('leaves photometric stereo and the condition out when only the measurement is asked for', async () => {
    const { report } = await run(8, paperNative(), { measureOnly: true });
    expect(statuses(report)).toMatchObject({ preprocessing: 'skipped', measurement: 'ok', quality: 'skipped' });
  });
});
