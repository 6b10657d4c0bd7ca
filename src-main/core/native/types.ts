/** What the native core offers: frames, maps, outlines and measurements behind plain interfaces. */
import type { AppliedCalibration, Measurement, PlaneMap, PointPx, Region } from '../../contract/index.ts';
import type { CaptureInput, CaptureLight } from '../capture/index.ts';
import type { BudgetTerms } from '../uncertainty/index.ts';
import type { NativeCalibration } from './calibration.ts';
import type { NativeCompute } from './compute.ts';
import type { NativeLights } from './lights.ts';
import type { EstimateResponse } from './response.ts';
import type { Condition, FoundCard, FrameQuality, OutlineInfo, RefinementInfo, SolveSummary } from './schemas.ts';
import type { NativeTemplates } from './templates.ts';

export type OnProgress = (fraction: number) => void;

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
export const mapFormats = ['npy', 'png16', 'tiff', 'exr'] as const;
export type MapFormat = (typeof mapFormats)[number];
export type MapView = 'albedo' | 'normals' | 'gloss' | 'curvature' | 'height' | 'residual';

/** Decoded frames in native memory; `free` gives them back. */
export interface NativeStack {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rawBytes: number;
  /** How long looking for moves of the card between frames took, apart from decoding. */
  readonly registrationMs: number;
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
  /** Height that keeps steps such as lifted corners; slower than the map `height`. */
  writeHeightWithSteps(path: string, format: MapFormat, onProgress: OnProgress, signal: AbortSignal): Promise<void>;
  writePng(map: MapView, path: string, signal: AbortSignal): Promise<void>;
  view(map: MapView, signal: AbortSignal): Promise<Buffer>;
  /** Writes all maps with their values as one file of tiles (`trugrade.maps/1`). */
  writeTiles(path: string, signal: AbortSignal): Promise<void>;
  /** Lets the photographs go, of which only the gloss map is made: now, where it is wanted, or never. */
  withoutFrames(gloss: boolean, signal: AbortSignal): Promise<void>;
  /** One more owner: the memory is given back when every owner has called `free`. */
  retain(): void;
  free(): void;
}

export interface NativeStations {
  readonly count: number;
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
  readonly compute: NativeCompute;
  /** How a camera's codes relate to light, from photographs that differ in exposure time alone. */
  readonly cameraResponse: EstimateResponse;
  /** With `registration` frames that moved against the others are put back; `quality` tells which. */
  loadStack(
    input: CaptureInput,
    progress: OnProgress,
    signal: AbortSignal,
    registration?: { readonly fromPx: number; readonly mostPx: number },
  ): Promise<NativeStack>;
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
