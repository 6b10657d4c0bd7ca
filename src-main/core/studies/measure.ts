/** One measurement of a study: a capture through the 24-point measurement, nothing of the rest of the grading. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type AssumptionChanges,
  type Side,
  type StudyCalibration,
  type StudyReading,
  sideSchema,
  sides,
} from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { AppError, refuse } from '../errors/index.ts';
import { findStandard } from '../grading/index.ts';
import type { Native } from '../native/index.ts';
import { type CalibrationInForce, reportOnly, runPipeline, standingOf } from '../pipeline/index.ts';
import { software } from '../software/index.ts';
import { cardResponses, uncertaintiesOf, valuesOf } from './responses.ts';

const anyStandard = 'psa';

export interface MeasureOptions {
  readonly native: Native;
  /** The calibration in use; null: the capture's own scale. */
  readonly calibration: CalibrationInForce | null;
  readonly assumptions: AssumptionChanges;
  readonly now: () => Date;
  readonly progress: (fraction: number) => void;
}

/** @throws AppError when there is no scale, or a person has to look at the card */
export async function measureCapture(
  input: CaptureInput,
  options: MeasureOptions,
  signal: AbortSignal,
): Promise<Omit<StudyReading, 'truth'>> {
  const { calibration, assumptions } = options;
  if (input.pixelPitchMm === null && calibration === null)
    throw refuse('value.invalid', 'the picture has no scale, and a study is in millimetres', 'give the pixel pitch', {
      file: input.name,
      field: 'pixelPitchMm',
    });
  const report = await runPipeline(
    input,
    {
      native: options.native,
      calibration,
      assumptions,
      // Widths do not depend on it, and the grade is not asked for.
      standard: findStandard(anyStandard),
      software,
      now: options.now,
      sink: reportOnly,
      events: { progress: options.progress },
      measureOnly: true,
    },
    signal,
  );
  if (report.error) throw new AppError(report.error);
  if (!report.measurement)
    throw refuse('card.notFound', 'the card could not be measured', 'place it again and take another picture', {
      file: input.name,
    });
  const values = valuesOf(report.measurement);
  const missing = cardResponses.filter(({ key, group }) => group === 'station' && (values[key] ?? null) === null);
  const warnings = report.quality.stages.flatMap(({ checks }) =>
    checks.flatMap(({ status, message }) => (status === 'ok' || message === undefined ? [] : [message])),
  );
  if (missing.length > 0) warnings.push(`not measured: ${missing.map(({ label }) => label).join(', ')}`);
  return {
    values,
    uncertainties: uncertaintiesOf(report.measurement),
    calibration: calibration && studyCalibration(calibration),
    ...{ source: input.name, simulated: input.simulated, warnings, software },
  };
}

const studyCalibration = (calibration: CalibrationInForce): StudyCalibration => {
  const { name, pitchMm, scale } = calibration;
  return { ...standingOf(calibration), name, pitchMm, scale };
};

const truthSchema = z.object({
  points: z.array(z.object({ edge: sideSchema, index: z.int(), widthMm: z.number().nullable() })),
});

/** True widths, means and shares of a simulated capture; null where it carries no truth. */
export async function readTruth(folder: string): Promise<StudyReading['truth']> {
  const text = await readFile(join(folder, 'truth.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return null;
  const { points } = truthSchema.parse(JSON.parse(text));
  const truth: Record<string, number> = {};
  const mean = (side: Side) => {
    const widths = points.flatMap(({ edge, widthMm }) => (edge === side && widthMm !== null ? [widthMm] : []));
    return widths.length === 0 ? null : widths.reduce((sum, w) => sum + w, 0) / widths.length;
  };
  for (const { edge, index, widthMm } of points) if (widthMm !== null) truth[`${edge}.${index}`] = widthMm;
  const means = Object.fromEntries(sides.map((side) => [side, mean(side)]));
  for (const side of sides) {
    const value = means[side];
    if (value !== null && value !== undefined) truth[`${side}.mean`] = value;
  }
  return truth;
}
