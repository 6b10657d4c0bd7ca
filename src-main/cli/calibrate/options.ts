/** Options of `trugrade calibrate`, and how its files are read and written. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import {
  type Artefact,
  type AssumptionChanges,
  artefactSchema,
  assumptionChangesSchema,
  type BoardSpec,
  boardSpecSchema,
  type CalibrationRecord,
  calibrationRecordSchema,
  cameraFitSchema,
  dictionaryNames,
} from '../../contract/index.ts';
import { inForce, sheets } from '../../core/calibration/index.ts';
import { refuse, toAppError } from '../../core/errors/index.ts';
import { parseJsonWith } from '../../core/errors/parse.ts';
import type { CalibrationInForce } from '../../core/pipeline/index.ts';
import { soundChanges } from '../../core/uncertainty/index.ts';
import type { OptionSpecs, Parsed } from '../arguments.ts';
import { type CommandContext, jsonOption } from '../command.ts';

const option = (value: string, help: string) => ({ type: 'string', value, help }) as const;

export const options: OptionSpecs = {
  out: option('FILE', 'file to write: PDF or PNG (board), JSON (camera, scale), folder (simulate)'),
  sheet: option('camera|artefact', 'board: which of the two standard sheets, camera when not given'),
  board: option('FILE', 'JSON of another board than the standard one'),
  squares: option('XxY', 'board: number of squares, e.g. 9x12'),
  'square-mm': option('MM', 'board: side of a square'),
  'marker-mm': option('MM', 'board: side of a marker'),
  dictionary: option('NAME', `board: ${dictionaryNames.join(', ')}`),
  dpi: option('N', 'board: resolution of a PNG, 600 when not given'),
  encoding: option('linear|srgb', 'how samples relate to light; linear when not given'),
  camera: option('FILE', 'scale: what "calibrate camera" wrote'),
  plane: option('IMAGE', 'scale: the board flat on the measuring plane'),
  artefact: option('FILE', 'scale, verify, acceptance: JSON of the certified artefact'),
  'artefact-image': option('IMAGE', 'scale: the artefact flat on the measuring plane'),
  verify: option('IMAGE', 'scale: another picture of the artefact (or board), for the proof'),
  'ruler-mm': option('MM', 'scale: length of the printed 100 mm ruler as measured, where there is no artefact'),
  'temperature-c': option('C', 'temperature of the artefact, 20 when not given'),
  'board-thickness-mm': option('MM', 'scale: thickness of the board on the plane'),
  'artefact-thickness-mm': option('MM', 'scale: thickness of the artefact on the plane'),
  'card-thickness-mm': option('MM', 'scale: thickness of the cards to be measured'),
  'limit-mm': option('MM', 'scale, verify: largest error of a held-out length, 0.005 when not given'),
  days: option('N', 'scale: days until the next calibration, 365 when not given'),
  name: option('TEXT', 'scale: name of the record'),
  calibration: option('FILE', 'verify, drift, acceptance: the record'),
  mpe: option('A+B', 'acceptance: permissible error, mm + mm per mm, e.g. 0.005+0.00001'),
  report: option('FILE', 'acceptance: .html or .pdf'),
  data: option('DIR', 'data folder of the workstation: scale keeps the record in it, drift and list read it'),
  rig: option('ID', 'rig that the record holds for, with --data'),
  spec: option('FILE', "simulate: JSON of the simulated rig's camera"),
  'print-scale': option('F', 'simulate: printed size of the camera board over its true size'),
  json: jsonOption,
};

export interface CalibrateContext extends CommandContext {
  readonly parsed: Parsed;
  readonly paths: readonly string[];
}

export async function readJson<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw toAppError(error, { file: basename(path) });
  });
  return parseJsonWith(schema, text, basename(path));
}

export async function writeOut(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content, { flush: true }).catch((error: unknown) => {
    throw toAppError(error, { file: basename(path), field: 'out' });
  });
}

/** The value of an option that the task cannot do without. */
export function needed(parsed: Parsed, name: string, what: string): string {
  const value = parsed.text(name);
  if (value === undefined) throw refuse('usage', `${what} is missing`, `add --${name}`, { field: name });
  return value;
}

export const encodingOf = (parsed: Parsed) => parsed.choice('encoding', ['linear', 'srgb']) ?? 'linear';

export const boardOf = async (parsed: Parsed): Promise<BoardSpec> => {
  const file = parsed.text('board');
  return file === undefined ? sheets.camera.board : readJson(file, boardSpecSchema);
};

/** What `calibrate camera` writes and `calibrate scale` reads. */
export const cameraFileSchema = z.object({
  schema: z.literal('trugrade.camera/1'),
  /** Whether a picture of it came from a simulated rig. */
  simulated: z.boolean().default(false),
  board: boardSpecSchema,
  fit: cameraFitSchema,
  files: calibrationRecordSchema.shape.files,
});
export type CameraFile = z.infer<typeof cameraFileSchema>;

export const readRecord = (parsed: Parsed): Promise<CalibrationRecord> =>
  readJson(needed(parsed, 'calibration', 'the record of the calibration'), calibrationRecordSchema);

export const readArtefact = (path: string): Promise<Artefact> => readJson(path, artefactSchema);

export const temperatureOf = (parsed: Parsed): number => parsed.number('temperature-c', { min: -20, max: 60 }) ?? 20;

/** The record that `measure` and `grade` work under; null without one. */
export async function calibrationOf(path: string | undefined): Promise<CalibrationInForce | null> {
  return path === undefined ? null : inForce(await readJson(path, calibrationRecordSchema), new Date());
}

/** What `--assumptions FILE` states instead of the built-in assumptions of the uncertainty budget; undefined without it. */
export async function assumptionsOf(path: string | undefined): Promise<AssumptionChanges | undefined> {
  return path === undefined ? undefined : soundChanges(await readJson(path, assumptionChangesSchema));
}
