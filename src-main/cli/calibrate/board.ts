/** `calibrate board`: the printable sheet as PDF or PNG. */
import { extname } from 'node:path';
import { boardSpecSchema, dictionaryNames } from '../../contract/index.ts';
import { boardName, type Sheet, sheetPdf, sheets, withResolution } from '../../core/calibration/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { type Exit, exit } from '../terminal.ts';
import { type CalibrateContext, needed, readJson, writeOut } from './options.ts';

/** White rim of a PNG, mm. */
const rimMm = 5;

export async function board({ parsed, terminal }: CalibrateContext): Promise<Exit> {
  const out = needed(parsed, 'out', 'the file for the board');
  const { calibration } = loadNative();
  const sheet = await sheetOf(parsed);
  const layout = calibration.layout(sheet.board);
  const kind = extname(out).toLowerCase();
  if (kind === '.pdf') await writeOut(out, await sheetPdf(sheet, layout, new Date()));
  else if (kind === '.png') {
    const dpi = parsed.number('dpi', { min: 36, max: 4800 }) ?? 600;
    await writeOut(out, withResolution(await calibration.png(sheet.board, dpi, rimMm), dpi));
  } else throw refuse('usage', `"${out}" is neither .pdf nor .png`, 'name a PDF or PNG file', { field: 'out' });
  const facts = { name: boardName(sheet.board), file: out, ...layout, rectsMm: undefined, lengths: undefined };
  terminal.out(
    parsed.flag('json')
      ? JSON.stringify({ ...facts, board: sheet.board }, null, 1)
      : `wrote ${facts.name} (${layout.sizeMm.join(' x ')} mm) to ${out}; print it at 100 %`,
  );
  return exit.done;
}

/** A standard sheet, a board from a file, or the standard one with other numbers. */
async function sheetOf(parsed: CalibrateContext['parsed']): Promise<Sheet> {
  const base = sheets[parsed.choice('sheet', ['camera', 'artefact']) ?? 'camera'];
  const file = parsed.text('board');
  const given = file === undefined ? base.board : await readJson(file, boardSpecSchema);
  const squares = parsed.text('squares');
  const counts = squares === undefined ? undefined : /^(\d+)x(\d+)$/.exec(squares);
  if (counts === null)
    throw refuse('usage', `"${squares}" is no number of squares`, 'give e.g. --squares 9x12', { field: 'squares' });
  const changed = {
    ...given,
    ...(counts ? { squaresX: Number(counts[1]), squaresY: Number(counts[2]) } : {}),
    squareMm: parsed.number('square-mm', { min: 0.5, max: 200 }) ?? given.squareMm,
    markerMm: parsed.number('marker-mm', { min: 0.2, max: 200 }) ?? given.markerMm,
    dictionary: parsed.choice('dictionary', dictionaryNames) ?? given.dictionary,
  };
  const spec = boardSpecSchema.safeParse(changed);
  if (!spec.success)
    throw refuse('value.invalid', spec.error.issues[0]?.message ?? 'the board is not possible', 'give other numbers', {
      field: spec.error.issues[0]?.path.join('.') ?? 'board',
    });
  const same = JSON.stringify(spec.data) === JSON.stringify(base.board);
  return { ...base, board: spec.data, discsMm: same ? base.discsMm : [] };
}
