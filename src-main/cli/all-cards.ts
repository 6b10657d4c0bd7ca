/** `measure --all`: every card of every picture, each with its own report or its own refusal. */

import { basename } from 'node:path';
import { type CaptureInput, readInput } from '../core/capture/index.ts';
import { AppError, refuse, toAppError } from '../core/errors/index.ts';
import type { FoundCard, NativeStack } from '../core/native/index.ts';
import type { CalibrationInForce } from '../core/pipeline/index.ts';
import { reportOnly, runPipeline } from '../core/pipeline/index.ts';
import { calibrationOfPart, inputOf, inWhole, partOf } from '../core/sheets/index.ts';
import { software } from '../core/software/index.ts';
import type { CommandContext } from './command.ts';
import type { RunOptions, SideOutcome } from './inputs.ts';

/** Points are in the pixels of the whole picture. @throws AppError `usage`, `cancelled` */
export async function runAllCards(
  paths: readonly string[],
  options: Omit<RunOptions, 'sink'>,
  context: CommandContext,
): Promise<SideOutcome[]> {
  if (paths.length === 0) throw refuse('usage', 'no input was given', 'name an image with several cards');
  const outcomes: SideOutcome[] = [];
  for (const path of paths) {
    const bar = context.terminal.progress(path);
    try {
      outcomes.push(...(await cardsOf(path, options, context, (done) => bar.update(done, 'cards'))));
    } catch (error) {
      if (context.signal.aborted)
        throw refuse('cancelled', 'the work was cancelled', 'start it again when you are ready');
      outcomes.push({ input: path, error: toAppError(error).data });
    } finally {
      bar.end();
    }
  }
  return outcomes;
}

async function cardsOf(
  path: string,
  options: Omit<RunOptions, 'sink'>,
  context: CommandContext,
  progress: (done: number) => void,
): Promise<SideOutcome[]> {
  const { native, calibration = null } = options;
  const read = await readInput(path, options.read);
  const input = calibration ? { ...read, pixelPitchMm: calibration.pitchMm } : read;
  const stack = await native.loadStack(input, (done) => progress(0.3 * done), context.signal);
  try {
    if (calibration) requireSameSize(calibration, stack, path);
    const cards = await native.findCards(stack, input, context.signal);
    const outcomes: SideOutcome[] = [];
    for (const [i, card] of cards.entries()) {
      outcomes.push(await one(card, i + 1, { input, path, stack }, options, context));
      progress(0.3 + (0.7 * (i + 1)) / cards.length);
    }
    return outcomes;
  } finally {
    stack.free();
  }
}

/** @throws AppError `value.invalid` for a picture of another size than the camera was calibrated at */
function requireSameSize({ map }: CalibrationInForce, stack: NativeStack, path: string): void {
  const [width, height] = map.imagePx;
  if (stack.widthPx === width && stack.heightPx === height) return;
  throw refuse(
    'value.invalid',
    `the picture has ${stack.widthPx} x ${stack.heightPx} px, the calibration holds for ${width} x ${height} px`,
    'use pictures of the calibrated camera at full size, not cut or scaled',
    { file: basename(path), field: 'calibration' },
  );
}

interface Picture {
  readonly input: CaptureInput;
  readonly path: string;
  readonly stack: NativeStack;
}

async function one(
  card: FoundCard,
  number: number,
  { input, path, stack }: Picture,
  options: Omit<RunOptions, 'sink'>,
  context: CommandContext,
): Promise<SideOutcome> {
  if (card.error || !card.region) {
    const { data } = card.error ? new AppError(card.error) : toAppError(new Error('a whole card has no place'));
    return { input: `${path}#${number}`, error: data };
  }
  const report = await runPipeline(
    inputOf(input, stack, card.region, `${input.name}#${number}`),
    {
      ...options,
      calibration: options.calibration ? calibrationOfPart(options.calibration, card.region) : null,
      native: partOf(options.native, stack, card.region, card),
      software,
      now: () => new Date(),
      sink: reportOnly,
    },
    context.signal,
  );
  const measurement = report.measurement && inWhole(report.measurement, card.region);
  return { report: { ...report, measurement } };
}
