/** Runs a command's inputs through the pipeline one after the other, with one progress bar and one verdict. */
import type { AppErrorData, AssumptionChanges, LightCalibration, Report } from '../contract/index.ts';
import { type CaptureInput, type InputOptions, readInput } from '../core/capture/index.ts';
import { refuse, toAppError } from '../core/errors/index.ts';
import type { Standard } from '../core/grading/index.ts';
import { applyLights } from '../core/lights/index.ts';
import type { Native } from '../core/native/index.ts';
import { type CalibrationInForce, type MapFiles, type ResultSink, runPipeline } from '../core/pipeline/index.ts';
import { software } from '../core/software/index.ts';
import { lockedMatcher, type PrintMatcher, readTemplateFile } from '../core/templates/index.ts';
import type { CommandContext } from './command.ts';
import { type Exit, errorText, exit, exitCode } from './terminal.ts';

export type SideOutcome = { readonly report: Report } | { readonly input: string; readonly error: AppErrorData };

export interface RunOptions {
  readonly native: Native;
  readonly standard: Standard;
  readonly read: InputOptions;
  /** Stands in for what the captures say of their lights. */
  readonly lights?: LightCalibration | undefined;
  readonly calibration?: CalibrationInForce | null;
  /** Instead of the built-in assumptions of the uncertainty budget. */
  readonly assumptions?: AssumptionChanges | undefined;
  readonly measureOnly?: boolean;
  /** A design template for cards without a border. */
  readonly prints?: PrintMatcher | undefined;
  readonly mapFiles?: MapFiles | undefined;
  /** Where the results of one input go. */
  readonly sink: (input: CaptureInput) => ResultSink;
}

/** The template of `--template FILE`. @throws AppError when the file cannot be read or is no template */
export async function templateOption(
  native: Native,
  path: string | undefined,
  signal: AbortSignal,
): Promise<PrintMatcher | undefined> {
  if (path === undefined) return undefined;
  return lockedMatcher(native.templates, await readTemplateFile(native.templates, path, signal));
}

/** @throws AppError `usage` when no input was given, `cancelled` after Ctrl+C. */
export async function runInputs(
  paths: readonly string[],
  options: RunOptions,
  context: CommandContext,
): Promise<SideOutcome[]> {
  if (paths.length === 0) throw refuse('usage', 'no input was given', 'name a capture folder or an image');
  const outcomes: SideOutcome[] = [];
  for (const path of paths) {
    const bar = context.terminal.progress(path);
    try {
      const read = await readInput(path, options.read);
      const input = options.lights ? applyLights(read, options.lights) : read;
      let what = '';
      const report = await runPipeline(
        input,
        {
          ...options,
          software,
          now: () => new Date(),
          sink: options.sink(input),
          events: {
            stage: (stage) => {
              what = stage;
            },
            progress: (fraction) => bar.update(fraction, what),
          },
        },
        context.signal,
      );
      outcomes.push({ report });
    } catch (error) {
      const typed = toAppError(error);
      if (context.signal.aborted)
        throw refuse('cancelled', 'the work was cancelled', 'start it again when you are ready');
      outcomes.push({ input: path, error: typed.data });
    } finally {
      bar.end();
    }
  }
  return outcomes;
}

/** Prints JSON (an array where several inputs were given, or always), or text by `show`; gives the worst exit code. */
export function present(
  outcomes: readonly SideOutcome[],
  json: boolean | 'array',
  context: CommandContext,
  show: (report: Report) => string,
  codeOf: (report: Report) => Exit,
): Exit {
  const { terminal } = context;
  if (json) {
    const documents = outcomes.map((o) => ('report' in o ? o.report : o));
    terminal.out(JSON.stringify(documents.length === 1 && json !== 'array' ? documents[0] : documents, null, 1));
  }
  let code: Exit = exit.done;
  for (const outcome of outcomes) {
    if ('report' in outcome) {
      if (!json) terminal.out(show(outcome.report));
      code = worse(code, codeOf(outcome.report));
    } else {
      terminal.err(errorText(outcome.error));
      code = worse(code, exitCode(outcome.error));
    }
  }
  return code;
}

const worse = (a: Exit, b: Exit): Exit => (a > b ? a : b);
