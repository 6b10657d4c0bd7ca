/** `calibrate verify`: lengths in a new picture through a record. */
import { expansionOf, findBoard } from '../../core/calibration/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { type Exit, exit } from '../terminal.ts';
import { type CalibrateContext, encodingOf, readArtefact, readRecord, temperatureOf } from './options.ts';
import { comparisonText } from './text.ts';

/** Largest error where the caller states none, mm. */
const usualLimitMm = 0.005;

export async function verify({ parsed, paths, terminal, signal }: CalibrateContext): Promise<Exit> {
  const [path] = paths;
  if (path === undefined || paths.length > 1)
    throw refuse('usage', 'one picture is needed', 'name one picture of the artefact or board');
  const record = await readRecord(parsed);
  const native = loadNative();
  const file = parsed.text('artefact');
  const own = record.scale.kind === 'certified' ? record.scale.artefact : undefined;
  const artefact = file === undefined ? own : await readArtefact(file);
  const board = artefact?.board ?? record.board;
  const nominal = native.calibration.layout(board).lengths;
  const lengths = artefact?.lengths ?? nominal.map((l) => ({ ...l, certifiedMm: l.certifiedMm * record.scale.factor }));
  const view = await findBoard(native, { path, encoding: encodingOf(parsed) }, board, signal);
  const expansion = artefact ? expansionOf(artefact, temperatureOf(parsed)) : 0;
  const comparisons = native.calibration.compare(record.plane.map, view, lengths, expansion);
  const limitMm = parsed.number('limit-mm', { min: 1e-4, max: 1 }) ?? usualLimitMm;
  const worstMm = Math.max(0, ...comparisons.map((c) => Math.abs(c.errorMm)));
  const passed = comparisons.length >= 3 && worstMm <= limitMm;
  terminal.out(
    parsed.flag('json')
      ? JSON.stringify({ comparisons, worstMm, limitMm, passed }, null, 1)
      : `${comparisonText(comparisons)}\n${passed ? 'passed' : 'FAILED'}: worst ${(1000 * worstMm).toFixed(2)} um, limit ${(1000 * limitMm).toFixed(1)} um`,
  );
  return passed ? exit.done : exit.notGraded;
}
