/** `trugrade template learn|match`: design templates for cards without a border. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Margins, type PrintMatch, teachingSchema } from '../../contract/index.ts';
import { type CaptureInput, readInput } from '../../core/capture/index.ts';
import { AppError, refuse, toAppError } from '../../core/errors/index.ts';
import { parseWith } from '../../core/errors/parse.ts';
import { loadNative, type Native } from '../../core/native/index.ts';
import { mappingOf } from '../../core/pipeline/index.ts';
import {
  type CameraOf,
  learnTemplate,
  lockedMatcher,
  readTemplateFile,
  withExample,
} from '../../core/templates/index.ts';
import type { Parsed } from '../arguments.ts';
import { calibrationOf } from '../calibrate/options.ts';
import { type Command, type CommandContext, jsonOption } from '../command.ts';
import { type Exit, exit } from '../terminal.ts';
import { printText } from '../text.ts';

const option = (value: string, help: string) => ({ type: 'string', value, help }) as const;

export const template: Command = {
  name: 'template',
  synopsis: 'learn CAPTURE|IMAGE --name NAME --out FILE … | match CAPTURE|IMAGE --template FILE [--json]',
  help: 'learns a printed design from one good example, or registers a card to it',
  options: {
    name: option('NAME', 'learn: what the design is called'),
    set: option('NAME', 'learn: its set or series'),
    out: option('FILE', 'learn: where the template is written'),
    margins: option('L,R,T,B', 'learn: nominal distances from the cut to the printed frame, mm'),
    'card-mm': option('W,H', 'learn: nominal card size, the example’s own when not given'),
    'example-uncertainty-mm': option('MM', 'learn: how far the example may be off centre (k = 2), 0.1 when not given'),
    anchors: option('X,Y;X,Y;…', 'learn: places of the anchors in mm from the card’s centre, chosen when not given'),
    template: option('FILE', 'match: the template'),
    'pixel-pitch-mm': option('MM', 'millimetres per pixel; overrides the scale of a capture'),
    encoding: option('linear|srgb', 'how samples relate to light'),
    calibration: option('FILE', 'record of "trugrade calibrate scale" that the camera is under'),
    json: jsonOption,
  },
  async run(parsed, context) {
    const [action, path, ...more] = parsed.positionals;
    if ((action !== 'learn' && action !== 'match') || path === undefined || more.length > 0)
      throw refuse('usage', 'this is neither learning nor matching one picture', 'see "trugrade help template"');
    const native = loadNative();
    const calibration = await calibrationOf(parsed.text('calibration'));
    const input = await readInput(path, {
      pixelPitchMm: calibration?.pitchMm ?? parsed.number('pixel-pitch-mm', { min: 1e-6, max: 10 }),
      encoding: parsed.choice('encoding', ['linear', 'srgb']),
    });
    const camera: CameraOf = (of, stack) => {
      const { applied, checks } = mappingOf(native, of, stack, calibration ?? null);
      for (const { status, message } of checks)
        if (status !== 'ok' && message !== undefined) context.terminal.err(`warning: ${message}`);
      return applied;
    };
    return action === 'learn'
      ? learn(native, { input, camera }, parsed, context)
      : match(native, { input, camera }, parsed, context);
  },
};

interface Picture {
  readonly input: CaptureInput;
  readonly camera: CameraOf;
}

async function learn(
  native: Native,
  { input, camera }: Picture,
  parsed: Parsed,
  { terminal, signal }: CommandContext,
): Promise<Exit> {
  const out = parsed.text('out');
  if (out === undefined) throw refuse('usage', 'there is no file for the template', 'add --out FILE', { field: 'out' });
  const teaching = parseWith(
    teachingSchema,
    {
      name: parsed.text('name') ?? '',
      set: parsed.text('set'),
      marginsMm: margins(parsed),
      cardMm: numbers(parsed, 'card-mm', 2) ?? null,
      exampleUncertaintyMm: parsed.number('example-uncertainty-mm', { min: 0, max: 5 }),
    },
    undefined,
  );
  const text = await withExample(native, input, camera, signal, (example) =>
    learnTemplate(native, example, teaching, places(parsed), signal),
  );
  await writeFile(out, `${text}\n`).catch((error: unknown) => {
    throw toAppError(error, { file: basename(out) });
  });
  terminal.out(
    parsed.flag('json')
      ? JSON.stringify({ template: out, name: teaching.name })
      : `wrote the template "${teaching.name}" to ${out}`,
  );
  return exit.done;
}

async function match(
  native: Native,
  { input, camera }: Picture,
  parsed: Parsed,
  { terminal, signal }: CommandContext,
): Promise<Exit> {
  const file = parsed.text('template');
  if (file === undefined) throw refuse('usage', 'there is no template', 'add --template FILE', { field: 'template' });
  const known = await readTemplateFile(native.templates, file, signal);
  const matcher = lockedMatcher(native.templates, known);
  const print = await withExample(native, input, camera, signal, async (card): Promise<PrintMatch> => {
    const found = await matcher.match(card, card.measurement, signal);
    if (found?.print) return found.print;
    throw found?.refusal ?? refuse('template.mismatch', 'nothing was matched', 'choose another template');
  }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'template.mismatch') return error;
    throw error;
  });
  if (print instanceof AppError) {
    if (parsed.flag('json')) terminal.out(JSON.stringify({ error: print.data }, null, 1));
    terminal.err(print.message);
    return exit.notGraded;
  }
  terminal.out(parsed.flag('json') ? JSON.stringify(print, null, 1) : printText(print));
  return exit.done;
}

/** `count` numbers with commas between them. */
function numbers(parsed: Parsed, name: string, count: number): number[] | undefined {
  const text = parsed.text(name);
  if (text === undefined) return undefined;
  const values = text.split(',').map((part) => Number(part.trim() || Number.NaN));
  if (values.length === count && values.every(Number.isFinite)) return values;
  throw refuse('usage', `"${text}" is not ${count} numbers with commas between`, `correct --${name} and try again`, {
    field: name,
  });
}

function margins(parsed: Parsed): Margins | null {
  const [left, right, top, bottom] = numbers(parsed, 'margins', 4) ?? [];
  if (left === undefined || right === undefined || top === undefined || bottom === undefined) return null;
  return { left, right, top, bottom };
}

function places(parsed: Parsed): [number, number][] | null {
  const text = parsed.text('anchors');
  if (text === undefined) return null;
  return text.split(';').map((part) => {
    const [x, y, ...more] = part.split(',').map((v) => Number(v.trim() || Number.NaN));
    if (x !== undefined && y !== undefined && more.length === 0 && Number.isFinite(x) && Number.isFinite(y))
      return [x, y];
    throw refuse('usage', `"${part}" is not a place`, 'write X,Y;X,Y;… in millimetres', { field: 'anchors' });
  });
}
