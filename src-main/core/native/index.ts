/** The thin face of the native core: finds the addon, passes typed arguments in, parses what comes out. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Measurement, measurementSchema, type PlaneMap, type PointPx, type Region } from '../../contract/index.ts';
import type { CaptureInput, CaptureLight } from '../capture/index.ts';
import { refuse, toAppError } from '../errors/index.ts';
import type { BudgetTerms } from '../uncertainty/index.ts';
import { type NativeCalibration, nativeCalibration } from './calibration.ts';
import type * as binding from './generated/binding.d.ts';
import { type NativeLights, nativeLights } from './lights.ts';
import {
  type Condition,
  conditionSchema,
  type FoundCard,
  type FrameQuality,
  foundCardSchema,
  frameQualitySchema,
  type OutlineInfo,
  outlineInfoSchema,
  type RefinementInfo,
  refinementInfoSchema,
  type SolveSummary,
  solveSummarySchema,
} from './schemas.ts';
import { type NativeTemplates, nativeTemplates } from './templates.ts';

export type { BoardLayout, NativeCalibration } from './calibration.ts';
export type { BallHints, Bench, NativeLights } from './lights.ts';
export type { Condition, FoundCard, FrameQuality, OutlineInfo, RefinementInfo, SolveSummary } from './schemas.ts';

export type {
  Candidate,
  NativeGallery,
  NativeMatch,
  NativeTemplates,
  RefinedCard,
} from './templates.ts';

type Binding = typeof binding;
type OnProgress = (fraction: number) => void;

export const mapNames = [
  'normals',
  'albedo',
  'confidence',
  'unknown',
  'residual',
  'gloss',
  'gradientX',
  'gradientY',
  'meanCurvature',
  'gaussianCurvature',
  'shape',
  'height',
] as const;
export type MapFile = (typeof mapNames)[number];
/** `png16`: codes over the range that the text chunk `Range` tells. */
export const mapFormats = ['npy', 'png16', 'tiff'] as const;
export type MapFormat = (typeof mapFormats)[number];
export type MapView = 'albedo' | 'normals' | 'gloss' | 'curvature' | 'height' | 'residual';

/** Decoded frames in native memory; `free` gives them back. */
export interface NativeStack {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rawBytes: number;
  quality(signal: AbortSignal): Promise<FrameQuality[]>;
  /** The mean of the frames as a JPEG; `maxSidePx` 0 keeps the size. */
  photo(maxSidePx: number, signal: AbortSignal): Promise<Buffer>;
  /** A part of the frames with pixels of its own. */
  cropped(region: Region, signal: AbortSignal): Promise<NativeStack>;
  free(): void;
}

/** Solved photometric maps in native memory; `free` gives them back. */
export interface NativeMaps {
  readonly summary: SolveSummary;
  writeNpy(map: MapFile, path: string, signal: AbortSignal): Promise<void>;
  writeFile(map: MapFile, path: string, format: MapFormat, signal: AbortSignal): Promise<void>;
  writePng(map: MapView, path: string, signal: AbortSignal): Promise<void>;
  view(map: MapView, signal: AbortSignal): Promise<Buffer>;
  /** Writes all maps with their values as one file of tiles (`trugrade.maps/1`). */
  writeTiles(path: string, signal: AbortSignal): Promise<void>;
  free(): void;
}

export interface NativeStations {
  readonly count: number;
}

/** What a calibration says of a measurement. */
export interface AppliedCalibration {
  readonly plane: PlaneMap;
  /** Relative standard uncertainty (k = 1) of the scale. */
  readonly scaleRelative: number;
  /** Standard uncertainty of a width from what is left of distortion, px. */
  readonly distortionPx: number;
}

export interface NativeRefinement {
  readonly info: RefinementInfo;
  /** With a calibration points are mapped by it, and the pixel pitch follows from it. */
  calculate(pixelPitchMm: number | null, budget: BudgetTerms, calibration?: AppliedCalibration | null): Measurement;
}

export interface NativeOutline {
  readonly info: OutlineInfo;
  stations(): NativeStations;
  /** With a plane the stations divide the edges as they lie on it. */
  refine(
    stack: NativeStack,
    pixelPitchMm: number | null,
    signal: AbortSignal,
    plane?: PlaneMap | null,
  ): Promise<NativeRefinement>;
}

export interface OutlineHints {
  readonly pixelPitchMm: number | null;
  readonly expectedSizeMm: readonly [number, number] | undefined;
  /** Corners of the card, clockwise from the top left, where they are known to a few pixels. */
  readonly place?: readonly PointPx[] | undefined;
}

/** Deep-zoom tiles of one picture; `free` gives its pixels back. */
export interface NativeTiles {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly levels: number;
  readonly tilePx: number;
  tile(level: number, col: number, row: number): Promise<Buffer>;
  free(): void;
}

export interface EdgeOptions {
  readonly sigma?: number | undefined;
  readonly threshold?: number | undefined;
  /** Whether points on even ground are refined by a fit; they are when not given. */
  readonly refine?: boolean | undefined;
}

/** `xPx, yPx, nx, ny, strength, stdPx` of each point, one after the other; `stdPx` is NaN for the gradient's own ridge. */
export type EdgePoints = Float64Array;

/** Where camera and lights stand, as far as it is known; heights are corrected for what it tells. */
export interface RigGeometry {
  readonly viewDistanceMm?: number;
  /** Left out for far lights. */
  readonly lightDistanceMm?: number;
  readonly lightElevationDeg?: number;
}

export interface Native {
  readonly version: string;
  readonly calibration: NativeCalibration;
  readonly lights: NativeLights;
  loadStack(input: CaptureInput, progress: OnProgress, signal: AbortSignal): Promise<NativeStack>;
  solve(
    stack: NativeStack,
    lights: readonly CaptureLight[],
    scale: { readonly pixelPitchMm: number | null; readonly camera?: CaptureInput['camera'] },
    progress: OnProgress,
    signal: AbortSignal,
  ): Promise<NativeMaps>;
  findOutline(stack: NativeStack, hints: OutlineHints, signal: AbortSignal): Promise<NativeOutline>;
  /** All cards of the picture, those that cannot be measured among them. @throws AppError when there is none */
  findCards(stack: NativeStack, hints: OutlineHints, signal: AbortSignal): Promise<FoundCard[]>;
  analyse(
    maps: NativeMaps,
    outline: NativeOutline,
    refinement: NativeRefinement,
    scene: RigGeometry & { readonly pixelPitchMm: number },
    progress: OnProgress,
    signal: AbortSignal,
  ): Promise<Condition>;
  detectEdges(stack: NativeStack, options: EdgeOptions, signal: AbortSignal): Promise<EdgePoints>;
  /** Prints registered to known designs. */
  readonly templates: NativeTemplates;
  /** Writes a simulated capture into an empty folder; resolves to its truth. */
  simulate(
    spec: Readonly<Record<string, unknown>>,
    folder: string,
    progress: OnProgress,
    signal: AbortSignal,
  ): Promise<unknown>;
  openTiles(bytes: Buffer, name: string): Promise<NativeTiles>;
  thumbnail(bytes: Buffer, name: string, maxSidePx: number): Promise<Buffer>;
}

/** Where the addon lies: beside the bundle when packaged, in `dist/native` of a checkout. */
export function findAddon(from: string = import.meta.dirname): string {
  const named = process.env.TRUGRADE_NATIVE;
  if (named) return named;
  for (let folder = from; ; folder = dirname(folder)) {
    for (const place of [join('native', 'trugrade.node'), join('dist', 'native', 'trugrade.node')]) {
      if (existsSync(join(folder, place))) return join(folder, place);
    }
    if (dirname(folder) === folder)
      throw refuse('file.missing', 'the native core is missing', 'run "npm run setup" in the checkout', {
        file: 'trugrade.node',
      });
  }
}

/** Every rejection becomes an AppError. */
async function typed<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw toAppError(error);
  }
}

/** As {@link typed}, for calls that throw before they start. */
function typedSync<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toAppError(error);
  }
}

const json = <Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> =>
  schema.parse(JSON.parse(text));

class StackHandle implements NativeStack {
  readonly raw: binding.Stack;
  constructor(raw: binding.Stack) {
    this.raw = raw;
  }
  get widthPx() {
    return this.raw.width;
  }
  get heightPx() {
    return this.raw.height;
  }
  get rawBytes() {
    return this.raw.rawBytes;
  }
  async quality(signal: AbortSignal) {
    return json(z.array(frameQualitySchema), await typed(this.raw.quality(signal)));
  }
  photo(maxSidePx: number, signal: AbortSignal) {
    return typed(this.raw.photo(maxSidePx, signal));
  }
  async cropped({ xPx, yPx, widthPx, heightPx }: Region, signal: AbortSignal): Promise<NativeStack> {
    return new StackHandle(await typed(this.raw.cropped(xPx, yPx, widthPx, heightPx, signal)));
  }
  free() {
    this.raw.free();
  }
}

class MapsHandle implements NativeMaps {
  readonly raw: binding.Maps;
  readonly summary: SolveSummary;
  constructor(raw: binding.Maps) {
    this.raw = raw;
    this.summary = json(solveSummarySchema, raw.summary);
  }
  writeNpy(map: MapFile, path: string, signal: AbortSignal) {
    return typed(this.raw.writeNpy(map, path, signal));
  }
  writeFile(map: MapFile, path: string, format: MapFormat, signal: AbortSignal) {
    return typed(this.raw.writeFile(map, path, format, signal));
  }
  writePng(map: MapView, path: string, signal: AbortSignal) {
    return typed(this.raw.writePng(map, path, signal));
  }
  view(map: MapView, signal: AbortSignal) {
    return typed(this.raw.view(map, signal));
  }
  writeTiles(path: string, signal: AbortSignal) {
    return typed(this.raw.writeTiles(path, signal));
  }
  free() {
    this.raw.free();
  }
}

class RefinementHandle implements NativeRefinement {
  readonly raw: binding.Refinement;
  readonly info: RefinementInfo;
  constructor(raw: binding.Refinement) {
    this.raw = raw;
    this.info = json(refinementInfoSchema, raw.info);
  }
  calculate(pixelPitchMm: number | null, budget: BudgetTerms, calibration: AppliedCalibration | null = null) {
    const plane = calibration && JSON.stringify(calibration.plane);
    const text = typedSync(() => this.raw.calculate(pixelPitchMm, plane, JSON.stringify(budget.terms)));
    const measured = json(measurementSchema, text);
    if (!measured.budget) return measured;
    const { basis, version, absent } = budget;
    const components = measured.budget.components.map((line) => ({ ...line, basis: basis[line.id] ?? null }));
    return { ...measured, budget: { ...measured.budget, components, version, absent: [...absent] } };
  }
}

class OutlineHandle implements NativeOutline {
  readonly raw: binding.Outline;
  readonly info: OutlineInfo;
  constructor(raw: binding.Outline) {
    this.raw = raw;
    this.info = json(outlineInfoSchema, raw.info);
  }
  stations() {
    return { count: this.raw.stationCount };
  }
  async refine(stack: NativeStack, pixelPitchMm: number | null, signal: AbortSignal, plane: PlaneMap | null = null) {
    const planeJson = plane && JSON.stringify(plane);
    const raw = rawOf(stack, StackHandle);
    return new RefinementHandle(await typed(this.raw.refine(raw, pixelPitchMm, planeJson, signal)));
  }
}

/** The addon's object behind a handle; handles are only made here. */
function rawOf<Raw, Handle extends { raw: Raw }>(handle: object, type: new (raw: Raw) => Handle): Raw {
  if (!(handle instanceof type)) throw new TypeError(`${type.name} expected`);
  return handle.raw;
}

const lightInput = (light: CaptureLight): binding.LightInput => ({
  ...(light.direction ? { direction: [...light.direction] } : {}),
  ...(light.positionMm ? { positionMm: [...light.positionMm] } : {}),
});

const outlineInput = (hints: OutlineHints): binding.OutlineInput => ({
  ...(hints.pixelPitchMm === null ? {} : { pixelPitchMm: hints.pixelPitchMm }),
  ...(hints.expectedSizeMm ? { expectedSizeMm: [...hints.expectedSizeMm] } : {}),
  ...(hints.place ? { placePx: hints.place.flatMap(({ xPx, yPx }) => [xPx, yPx]) } : {}),
});

/** Loads the native core. @throws AppError `file.missing` when it was not built. */
export function loadNative(path: string = findAddon()): Native {
  // The addon is our own build, made from the declarations it is typed with.
  const addon: Binding = createRequire(import.meta.url)(path);
  return {
    version: addon.version(),
    lights: nativeLights({ addon, rawStack: (stack) => rawOf(stack, StackHandle), typed }),
    calibration: nativeCalibration({ addon, rawStack: (stack) => rawOf(stack, StackHandle), typed, typedSync }),
    async loadStack(input, progress, signal) {
      const frames = input.lights.map((light) => ({
        name: light.name,
        path: light.path,
        intensity: [...light.intensity],
        ...(light.exposures ? { exposures: light.exposures.map((exposure) => ({ ...exposure })) } : {}),
        ...(light.flatPath ? { flatPath: light.flatPath } : {}),
      }));
      const files = {
        ...(input.darkPath ? { darkPath: input.darkPath } : {}),
        ...(input.maskPath ? { maskPath: input.maskPath } : {}),
      };
      const stack = { frames, ...files, linear: input.encoding === 'linear', maxBytes: 0 };
      return new StackHandle(await typed(addon.loadStack(stack, progress, signal)));
    },
    async solve(stack, lights, { pixelPitchMm, camera }, progress, signal) {
      const focalPx = camera?.matrix[0][0];
      const input = {
        lights: lights.map(lightInput),
        ...(pixelPitchMm === null ? {} : { pixelPitchMm }),
        // Similar triangles: the focal length in pixels times a pixel's size on the card.
        ...(pixelPitchMm !== null && focalPx !== undefined && focalPx > 10
          ? { viewDistanceMm: focalPx * pixelPitchMm }
          : {}),
      };
      return new MapsHandle(await typed(addon.solveMaps(rawOf(stack, StackHandle), input, progress, signal)));
    },
    async findOutline(stack, hints, signal) {
      return new OutlineHandle(await typed(addon.findCard(rawOf(stack, StackHandle), outlineInput(hints), signal)));
    },
    async findCards(stack, hints, signal) {
      const text = await typed(addon.findCards(rawOf(stack, StackHandle), outlineInput(hints), signal));
      return json(z.array(foundCardSchema), text);
    },
    async analyse(maps, outline, refinement, { pixelPitchMm, ...rig }, progress, signal) {
      const text = await typed(
        addon.analyseCondition(
          rawOf(maps, MapsHandle),
          rawOf(outline, OutlineHandle),
          rawOf(refinement, RefinementHandle),
          pixelPitchMm,
          rig,
          progress,
          signal,
        ),
      );
      return json(conditionSchema, text);
    },
    detectEdges: (stack, options, signal) =>
      typed(
        addon.detectEdges(
          rawOf(stack, StackHandle),
          {
            ...(options.sigma === undefined ? {} : { sigma: options.sigma }),
            ...(options.threshold === undefined ? {} : { threshold: options.threshold }),
            ...(options.refine === undefined ? {} : { refine: options.refine }),
          },
          signal,
        ),
      ),
    simulate: async (spec, folder, progress, signal) =>
      JSON.parse(await typed(addon.simulateCapture(JSON.stringify(spec), folder, progress, signal))),
    async openTiles(bytes, name) {
      const tiles = await typed(addon.openTiles(bytes, name));
      return {
        widthPx: tiles.width,
        heightPx: tiles.height,
        levels: tiles.levels,
        tilePx: tiles.tilePx,
        tile: (level, col, row) => typed(tiles.tile(level, col, row)),
        free: () => tiles.free(),
      };
    },
    thumbnail: (bytes, name, maxSidePx) => typed(addon.thumbnail(bytes, name, maxSidePx)),
    templates: nativeTemplates({
      addon,
      stack: (handle) => rawOf(handle, StackHandle),
      refinement: (handle) => rawOf(handle, RefinementHandle),
      typed,
    }),
  };
}
