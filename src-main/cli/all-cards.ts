/** `measure --all`: every card of every picture, each with its own report or its own refusal. */

import { type CaptureInput, readInput } from '../core/capture/index.ts';
import { AppError, refuse, toAppError } from '../core/errors/index.ts';
import type { FoundCard, NativeStack } from '../core/native/index.ts';
import { runPipeline } from '../core/pipeline/index.ts';
import { inputOf, inWhole, partOf } from '../core/sheets/index.ts';
import { software } from '../core/software/index.ts';
import type { CommandContext } from './command.ts';
import { printOnly, type RunOptions, type SideOutcome } from './inputs.ts';

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
  const { native } = options;
  const input = await readInput(path, options.read);
  const stack = await native.loadStack(input, (done) => progress(0.3 * done), context.signal);
  try {
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
      native: partOf(options.native, stack, card.region, card),
      software,
      now: () => new Date(),
      sink: printOnly,
    },
    context.signal,
  );
  const measurement = report.measurement && inWhole(report.measurement, card.region);
  return { report: { ...report, measurement } };
}
