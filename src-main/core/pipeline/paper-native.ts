import type { Measurement, PlaneMap, Report } from '../../contract/index.ts';
import type { CaptureInput, CaptureLight } from '../capture/index.ts';
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
import { type PipelineOptions, runPipeline } from './index.ts';

export const light = (i: number): CaptureLight => ({
  name: `light-${i}.png`,
  path: `/capture/light-${i}.png`,
  flatPath: undefined,
  intensity: [1, 1, 1],
  direction: [Math.cos(i), Math.sin(i), 1],
  positionMm: undefined,
});

export const input = (lights: number): CaptureInput => ({
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

export const frame = (change: Partial<FrameQuality> = {}): FrameQuality => ({
  name: 'light-0.png',
  clippedFraction: 0,
  darkFraction: 0,
  mean: 0.3,
  noiseSigma: 0.01,
  sharpness: 0.5,
  movement: null,
  ...change,
});

/** Prints are registered in their own tests. */
export const unused = async (): Promise<never> => {
  throw new Error('no template is asked for here');
};
export const noTemplates: Native['templates'] = {
  ...{ openGallery: unused, recognise: unused, match: unused, identify: unused },
  ...{ anchors: unused, learn: unused, check: unused },
};

export const fourSides = <T>(value: T) => ({ left: value, right: value, top: value, bottom: value });
export const measurement: Measurement = {
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
export const corner = { score: null, angleDeg: 90, radiusMm: 3, missingAreaMm2: 0, frayMm: 0, whiteningMm2: 0 };
export const edge = { score: null, chippingMm2: 0, longestChipMm: 0, whiteningMm: 0, frayMm: 0 };
export const condition: Condition = {
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
  /** What was held when the condition was read, and whether gloss was wanted of the photographs before. */
  readonly atAnalysis: { held: string[]; gloss: boolean[] };
}

export function paperNative(
  change: { frames?: FrameQuality[]; findOutline?: Native['findOutline']; stations?: number } = {},
): Paper {
  const held = new Set<string>();
  const atAnalysis: Paper['atAnalysis'] = { held: [], gloss: [] };
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
    compute: { engine: 'cpu', use: unused, adapter: unused, trial: unused, onSolved: unused },
    cameraResponse: unused,
    loadStack: async (): Promise<NativeStack> => ({
      widthPx: 100,
      heightPx: 100,
      rawBytes: 1,
      registrationMs: 0,
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
        engine: { on: 'cpu', adapter: null, reason: null },
      },
      writeNpy: unused,
      writeFile: unused,
      writeHeightWithSteps: unused,
      writePng: unused,
      view: unused,
      writeTiles: unused,
      withoutFrames: async (gloss) => {
        atAnalysis.gloss.push(gloss);
      },
      retain: () => undefined,
      free: hold('maps'),
    }),
    findCards: unused,
    findOutline: change.findOutline ?? (async () => outline),
    analyse: async () => {
      atAnalysis.held = [...held];
      return condition;
    },
    detectEdges: unused,
    simulate: unused,
    openTiles: unused,
    templates: noTemplates,
    thumbnail: unused,
  };
  return { native, held, atAnalysis };
}

/** Only the map of a stated camera is asked for here. */
export function paperCalibration(): NativeCalibration {
  const unused = () => {
    throw new Error('not used here');
  };
  return {
    ...{ layout: unused, png: unused, detect: unused, coverage: unused, solve: unused, fitPlane: unused },
    ...{ compare: unused, toMm: unused, probe: unused, simulate: unused },
    facing: () => plane,
  };
}

export const plane: PlaneMap = {
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
  photographed: number;
  prepared: number;
}

export async function run(
  lights: number,
  paper: Paper,
  more: Partial<PipelineOptions> = {},
  signal = new AbortController().signal,
) {
  const delivered: Delivered = { reports: [], photographed: 0, prepared: 0 };
  const sink = {
    wantsGloss: true,
    photographs: async () => {
      delivered.photographed += 1;
    },
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
