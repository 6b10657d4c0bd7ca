/** The calibrating part of the native core: JSON in, parsed values out. */
import { z } from 'zod';
import {
  type BoardSpec,
  type CameraFit,
  type Comparison,
  type Coverage,
  cameraFitSchema,
  checkedLengthSchema,
  comparisonSchema,
  coverageSchema,
  type Detection,
  detectionSchema,
  type PlaneFit,
  type PlaneMap,
  type Probing,
  planeFitSchema,
  planeMapSchema,
  probingSchema,
} from '../../contract/index.ts';
import { markSimulated } from '../marks/index.ts';
import type * as binding from './generated/binding.d.ts';
import type { NativeStack } from './index.ts';

type CheckedLength = z.infer<typeof checkedLengthSchema>;
type OnProgress = (fraction: number) => void;

const pair = z.tuple([z.number(), z.number()]);
export const boardLayoutSchema = z.object({
  sizeMm: pair,
  /** x, y, width, height of every black rectangle. */
  rectsMm: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  cornerGrid: pair,
  cornersMm: z.array(pair),
  markers: z.int(),
  /** Lengths for verification with their nominal values. */
  lengths: z.array(checkedLengthSchema),
});
export type BoardLayout = z.infer<typeof boardLayoutSchema>;

const probedSchema = z.object({ pointsMm: z.array(pair), circle: probingSchema.nullable() });

export interface PlaneOptions {
  /** True mm in one mm of the board. */
  readonly scale: number;
  readonly surfaceAboveMm: number;
}

export interface NativeCalibration {
  /** @throws AppError naming the field of an impossible board */
  layout(board: BoardSpec): BoardLayout;
  png(board: BoardSpec, dpi: number, paperMm: number): Promise<Buffer>;
  /** @throws AppError `board.notFound`, `board.wrong`, `image.blurred` */
  detect(stack: NativeStack, board: BoardSpec, signal: AbortSignal): Promise<Detection>;
  coverage(board: BoardSpec, views: readonly Detection[]): Coverage;
  /** @throws AppError `calibration.weak` naming the view that is missing, `calibration.failed` */
  solve(board: BoardSpec, views: readonly Detection[], progress: OnProgress, signal: AbortSignal): Promise<CameraFit>;
  fitPlane(
    board: BoardSpec,
    view: Detection,
    camera: Pick<CameraFit, 'camera' | 'imagePx'>,
    options: PlaneOptions,
    signal: AbortSignal,
  ): Promise<PlaneFit>;
  /** `expansion` is the relative growth of the artefact from its reference temperature. */
  compare(map: PlaneMap, view: Detection, lengths: readonly CheckedLength[], expansion: number): Comparison[];
  /** Pixels to mm on the plane. */
  toMm(map: PlaneMap, pointsPx: readonly (readonly [number, number])[]): [number, number][];
  /** The map of a camera that looks straight down at a stated pitch. */
  facing(
    imagePx: readonly [number, number],
    matrix: readonly (readonly number[])[],
    distortion: readonly number[],
    pitchMm: number,
  ): PlaneMap;
  /** 25 points on the rim of a dark disc; null where they make no circle. */
  probe(
    stack: NativeStack,
    map: PlaneMap,
    centrePx: readonly [number, number],
    radiusMm: number,
    signal: AbortSignal,
  ): Promise<Probing | null>;
  /** Photographs a sheet with the simulated rig into a PNG file. */
  simulate(
    spec: Readonly<Record<string, unknown>>,
    scene: Readonly<Record<string, unknown>>,
    path: string,
    progress: OnProgress,
    signal: AbortSignal,
  ): Promise<void>;
}

/** What the face needs of its neighbours: the addon, its objects behind handles, and its way with errors. */
export interface CalibrationParts {
  readonly addon: typeof binding;
  readonly rawStack: (stack: NativeStack) => binding.Stack;
  readonly typed: <T>(promise: Promise<T>) => Promise<T>;
  readonly typedSync: <T>(call: () => T) => T;
}

const parse = <Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> =>
  schema.parse(JSON.parse(text));

export function nativeCalibration({ addon, rawStack, typed, typedSync }: CalibrationParts): NativeCalibration {
  const json = JSON.stringify;
  return {
    layout: (board) =>
      parse(
        boardLayoutSchema,
        typedSync(() => addon.boardLayout(json(board))),
      ),
    png: (board, dpi, paperMm) => typed(addon.boardPng(json(board), dpi, paperMm)),
    detect: async (stack, board, signal) =>
      parse(detectionSchema, await typed(addon.detectBoard(rawStack(stack), json(board), signal))),
    coverage: (board, views) =>
      parse(
        coverageSchema,
        typedSync(() => addon.boardCoverage(json(board), json(views))),
      ),
    solve: async (board, views, progress, signal) =>
      parse(cameraFitSchema, await typed(addon.solveCamera(json(board), json(views), '{}', progress, signal))),
    fitPlane: async (board, view, { camera, imagePx }, options, signal) =>
      parse(
        planeFitSchema,
        await typed(addon.fitPlane(json(board), json(view), json({ camera, imagePx }), json(options), signal)),
      ),
    compare: (map, view, lengths, expansion) =>
      parse(
        z.array(comparisonSchema),
        typedSync(() => addon.compareLengths(json(map), json(view), json(lengths), expansion)),
      ),
    toMm(map, pointsPx) {
      const flat = typedSync(() => addon.mapPoints(json(map), Float64Array.from(pointsPx.flat())));
      return pointsPx.map((_, i) => [flat[2 * i] ?? Number.NaN, flat[2 * i + 1] ?? Number.NaN]);
    },
    facing(imagePx, matrix, distortion, pitchMm) {
      const [row0 = [], row1 = []] = matrix;
      const intrinsics = [row0[0], row1[1], row0[2], row1[2]].map((v) => v ?? Number.NaN);
      return parse(
        planeMapSchema,
        typedSync(() => addon.facingPlane([...imagePx], intrinsics, [...distortion], pitchMm)),
      );
    },
    probe: async (stack, map, centrePx, radiusMm, signal) =>
      parse(probedSchema, await typed(addon.probeDisc(rawStack(stack), json(map), [...centrePx], radiusMm, signal)))
        .circle,
    async simulate(spec, scene, path, progress, signal) {
      await typed(addon.simulateBoard(json(spec), json(scene), path, progress, signal));
      await markSimulated(path);
    },
  };
}
