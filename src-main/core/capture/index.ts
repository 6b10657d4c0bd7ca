/** Reads what is to be graded: a capture folder (`trugrade.capture/1`) or a single image, with its files checked. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, sep } from 'node:path';
import { type CameraCurves, type Capture, type CardSide, captureSchema } from '../../contract/index.ts';
import { type AppError, refuse, toAppError } from '../errors/index.ts';
import { parseJsonWith } from '../errors/parse.ts';
import { isMarkedSimulated } from '../marks/index.ts';

export type Encoding = 'linear' | 'srgb';

export interface CaptureExposure {
  readonly name: string;
  readonly path: string;
  readonly seconds: number;
}

export interface CaptureLight {
  /** The name in `capture.json`; used in messages. */
  readonly name: string;
  readonly path: string;
  readonly flatPath: string | undefined;
  /** All exposures with this light, the first being `path` itself; absent where there is only that one. */
  readonly exposures?: readonly CaptureExposure[];
  readonly intensity: readonly [number, number, number];
  readonly direction: readonly [number, number, number] | undefined;
  readonly positionMm: readonly [number, number, number] | undefined;
}

/** One side to grade, all paths resolved and inside their folder. */
export interface CaptureInput {
  /** What a person calls it: the folder's or the image's name. */
  readonly name: string;
  readonly kind: 'capture' | 'image';
  readonly side: CardSide;
  readonly encoding: Encoding;
  /** Measured curves that bring codes to linear light when frames are loaded; `encoding` is `linear` then. */
  readonly response?: CameraCurves | undefined;
  /** What remained of the response's fit, share of full scale (k = 1); absent where nobody measured it. */
  readonly responseResidual?: number | undefined;
  readonly pixelPitchMm: number | null;
  readonly expectedSizeMm: readonly [number, number] | undefined;
  readonly lights: readonly CaptureLight[];
  readonly darkPath: string | undefined;
  readonly maskPath: string | undefined;
  readonly camera: Capture['camera'];
  readonly cardId: string | null;
  readonly simulated: boolean;
  /** The calibration that the scale comes from. */
  readonly calibrationId: string | null;
  /** The calibration of the lights that stands in for what the capture says of them. */
  readonly lightsId?: string;
}

export interface InputOptions {
  /** Overrides what the file says; single images carry no scale of their own. */
  readonly pixelPitchMm?: number | undefined;
  readonly encoding?: Encoding | undefined;
  /** The camera's measured response; overrides what a capture says. */
  readonly response?: CameraCurves | undefined;
  /** What remained of that response's fit, share of full scale (k = 1). */
  readonly responseResidual?: number | undefined;
}

const captureFile = 'capture.json';
const imageTypes = new Set(['.png', '.tif', '.tiff', '.jpg', '.jpeg']);
/** capture.json is a few kilobytes; a megabyte holds hundreds of lights. */
const mostCaptureBytes = 1 << 20;

/**
 * Reads a capture folder, its `capture.json`, or a single image.
 * @throws AppError that names the file and the field.
 */
export async function readInput(path: string, options: InputOptions = {}): Promise<CaptureInput> {
  const shown = basename(path) || path;
  if (options.pixelPitchMm !== undefined && !(options.pixelPitchMm > 0 && options.pixelPitchMm <= 10))
    throw refuse(
      'value.invalid',
      `a pixel pitch of ${options.pixelPitchMm} mm is not possible`,
      'give millimetres per pixel, for 600 dpi 0.0423333',
      { field: 'pixelPitchMm' },
    );
  const info = await stat(path).catch((error: unknown) => {
    throw toAppError(error, { file: shown });
  });
  if (info.isDirectory()) return readCapture(path, options);
  if (basename(path) === captureFile) return readCapture(dirname(path), options);
  if (!imageTypes.has(extname(path).toLowerCase()))
    throw refuse(
      'image.unsupported',
      'is neither a capture folder nor an image',
      'give a folder with capture.json, or a PNG, TIFF or JPEG file',
      { file: shown },
    );
  return singleImage(path, options);
}

async function singleImage(path: string, options: InputOptions): Promise<CaptureInput> {
  const light = {
    name: basename(path),
    path,
    flatPath: undefined,
    intensity: [1, 1, 1] as const,
    direction: undefined,
    positionMm: undefined,
  };
  return {
    name: basename(path),
    kind: 'image',
    side: 'front',
    encoding: options.response ? 'linear' : (options.encoding ?? 'srgb'),
    response: options.response,
    responseResidual: options.responseResidual,
    pixelPitchMm: options.pixelPitchMm ?? null,
    expectedSizeMm: undefined,
    lights: [light],
    darkPath: undefined,
    maskPath: undefined,
    camera: undefined,
    cardId: null,
    simulated: await isMarkedSimulated(path),
    calibrationId: null,
  };
}

type Inside = (name: string, field: string) => Promise<string>;

/** All exposures with one light, its own first; none where it has only that. */
async function exposuresOf(
  capture: Capture,
  measured: boolean,
  i: number,
  path: string,
  inside: Inside,
): Promise<CaptureExposure[]> {
  const light = capture.lights[i];
  if (!light?.exposures || light.exposures.length === 0) return [];
  const field = `lights[${i}].exposures`;
  if (!(capture.linear || measured))
    throw refuse(
      'value.invalid',
      'exposures are merged in linear light only',
      "capture linear frames, or give the camera's response",
      { file: captureFile, field },
    );
  if (light.seconds === undefined)
    throw refuse('value.invalid', 'the light has exposures and no time of its own', 'give "seconds" beside "file"', {
      file: captureFile,
      field,
    });
  const all: CaptureExposure[] = [{ name: light.file, path, seconds: light.seconds }];
  for (const [j, { file, seconds }] of light.exposures.entries())
    all.push({ name: file, path: await inside(file, `${field}[${j}].file`), seconds });
  return all;
}

async function lightsOf(capture: Capture, measured: boolean, inside: Inside): Promise<CaptureLight[]> {
  const lights: CaptureLight[] = [];
  for (const [i, light] of capture.lights.entries()) {
    const flat = capture.flats?.[i];
    const path = await inside(light.file, `lights[${i}].file`);
    const exposures = await exposuresOf(capture, measured, i, path, inside);
    lights.push({
      name: light.file,
      path,
      ...(exposures.length > 0 ? { exposures } : {}),
      flatPath: flat === undefined ? undefined : await inside(flat, `flats[${i}]`),
      intensity:
        typeof light.intensity === 'object'
          ? light.intensity
          : [light.intensity ?? 1, light.intensity ?? 1, light.intensity ?? 1],
      direction: light.direction,
      positionMm: light.positionMm,
    });
  }
  return lights;
}

async function readCapture(folder: string, options: InputOptions): Promise<CaptureInput> {
  const capture = await readCaptureFile(folder);
  if (capture.flats && capture.flats.length !== capture.lights.length)
    throw refuse(
      'value.invalid',
      `there are ${capture.flats.length} flat fields for ${capture.lights.length} lights`,
      'give one flat field per light, in the order of the lights',
      { file: captureFile, field: 'flats' },
    );
  const inside = await insideFolder(folder);
  // An encoding that the caller states takes the place of the capture's own response.
  const response = options.response ?? (options.encoding === undefined ? capture.response : undefined);
  const lights = await lightsOf(capture, response !== undefined, inside);
  return {
    name: basename(await realpath(folder)),
    kind: 'capture',
    side: capture.side ?? 'front',
    encoding: response ? 'linear' : (options.encoding ?? (capture.linear ? 'linear' : 'srgb')),
    response,
    responseResidual: options.response ? options.responseResidual : undefined,
    pixelPitchMm: options.pixelPitchMm ?? capture.pixelPitchMm ?? null,
    expectedSizeMm: capture.card && [capture.card.widthMm, capture.card.heightMm],
    lights,
    darkPath: capture.dark === undefined ? undefined : await inside(capture.dark, 'dark'),
    maskPath: capture.mask === undefined ? undefined : await inside(capture.mask, 'mask'),
    camera: capture.camera,
    cardId: capture.cardId ?? null,
    simulated: capture.simulated ?? false,
    calibrationId: capture.calibrationId ?? null,
  };
}

async function readCaptureFile(folder: string): Promise<Capture> {
  const path = join(folder, captureFile);
  try {
    const { size } = await stat(path);
    if (size > mostCaptureBytes)
      throw refuse(
        'schema.invalid',
        `is ${size} bytes long`,
        'leave out what is not of trugrade.capture/1: a capture.json holds at most one megabyte',
        {
          file: captureFile,
        },
      );
    return parseJsonWith(captureSchema, await readFile(path, 'utf8'), captureFile);
  } catch (error) {
    throw toAppError(error, { file: captureFile });
  }
}

/** Resolves a file name of `capture.json`; a link that leads out of the folder is refused as well. */
async function insideFolder(folder: string): Promise<(name: string, field: string) => Promise<string>> {
  const root = await realpath(folder);
  return async (name, field) => {
    const path = await realpath(join(root, name)).catch((error: unknown): never => {
      throw toAppError(error, { file: name, field }) satisfies AppError;
    });
    if (!path.startsWith(root + sep))
      throw refuse('path.outside', 'lies outside the capture folder', 'copy the file into the folder', {
        file: name,
        field,
      });
    return path;
  };
}
