/** The thin face of the native core: finds the addon, passes typed arguments in, parses what comes out. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CaptureLight } from '../capture/index.ts';
import { refuse } from '../errors/index.ts';
import { markFolderSimulated } from '../marks/index.ts';
import { nativeCalibration } from './calibration.ts';
import { nativeCompute } from './compute.ts';
import type * as binding from './generated/binding.d.ts';
import { MapsHandle, OutlineHandle, RefinementHandle, rawOf, StackHandle } from './handles.ts';
import { nativeLights } from './lights.ts';
import { flatCurves, nativeResponse } from './response.ts';
import { conditionSchema, foundCardSchema } from './schemas.ts';
import { nativeTemplates } from './templates.ts';
import { json, typed, typedSync } from './typed.ts';
import type { Native, OutlineHints } from './types.ts';

export type { BoardLayout, NativeCalibration } from './calibration.ts';
export { type Engine, type EngineUsed, type GpuAdapter, gpuAdapterSchema, type NativeCompute } from './compute.ts';
export type { BallHints, Bench, NativeLights } from './lights.ts';
export type { TimedPicture } from './response.ts';
export type { Condition, FoundCard, FrameQuality, OutlineInfo, RefinementInfo, SolveSummary } from './schemas.ts';

export type {
  Candidate,
  Identified,
  LikelyTemplate,
  NativeGallery,
  NativeMatch,
  NativeTemplates,
  RefinedCard,
} from './templates.ts';
export * from './types.ts';

type Binding = typeof binding;

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
  const compute = nativeCompute({ addon, typed });
  return {
    version: addon.version(),
    compute,
    cameraResponse: nativeResponse({ addon, typed }),
    lights: nativeLights({ addon, rawStack: (stack) => rawOf(stack, StackHandle), typed }),
    calibration: nativeCalibration({ addon, rawStack: (stack) => rawOf(stack, StackHandle), typed, typedSync }),
    async loadStack(input, progress, signal, registration) {
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
      const response = input.response ? { response: flatCurves(input.response) } : {};
      const moves = registration ? { registration: { ...registration } } : {};
      const stack = { frames, ...files, ...response, ...moves, linear: input.encoding === 'linear', maxBytes: 0 };
      return new StackHandle(await typed(addon.loadStack(stack, progress, signal)));
    },
    async solve(stack, lights, { pixelPitchMm, camera }, progress, signal) {
      const focalPx = camera?.matrix[0][0];
      const input = {
        lights: lights.map(lightInput),
        gpu: compute.engine === 'gpu',
        ...(pixelPitchMm === null ? {} : { pixelPitchMm }),
        // Similar triangles: the focal length in pixels times a pixel's size on the card.
        ...(pixelPitchMm !== null && focalPx !== undefined && focalPx > 10
          ? { viewDistanceMm: focalPx * pixelPitchMm }
          : {}),
      };
      const maps = new MapsHandle(await typed(addon.solveMaps(rawOf(stack, StackHandle), input, progress, signal)));
      compute.solved(maps.summary.engine);
      return maps;
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
    async simulate(spec, folder, progress, signal) {
      const truth: unknown = JSON.parse(
        await typed(addon.simulateCapture(JSON.stringify(spec), folder, progress, signal)),
      );
      await markFolderSimulated(folder);
      return truth;
    },
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
