/** `calibrate acceptance`: length error E and probing error P with their verdicts, as JSON, HTML and PDF. */
import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import {
  accept,
  acceptanceDocument,
  acceptanceText,
  findBoard,
  type Mpe,
  probeArtefact,
  withPicture,
} from '../../core/calibration/index.ts';
import { refuse } from '../../core/errors/index.ts';
import { toHtml, toPdf } from '../../core/msa/index.ts';
import { loadNative } from '../../core/native/index.ts';
import { software } from '../../core/software/index.ts';
import type { Parsed } from '../arguments.ts';
import { type Exit, exit } from '../terminal.ts';
import { type CalibrateContext, encodingOf, readArtefact, readRecord, temperatureOf, writeOut } from './options.ts';

export async function acceptance({ parsed, paths, terminal, signal }: CalibrateContext): Promise<Exit> {
  if (paths.length === 0)
    throw refuse('usage', 'no pictures were given', 'name pictures of the artefact, laid anew for each');
  const record = await readRecord(parsed);
  const file = parsed.text('artefact');
  const own = record.scale.kind === 'certified' ? record.scale.artefact : undefined;
  const artefact = file === undefined ? own : await readArtefact(file);
  if (!artefact)
    throw refuse('usage', 'the record has no certified artefact', 'add --artefact FILE', { field: 'artefact' });
  const native = loadNative();
  const encoding = encodingOf(parsed);
  const views = [];
  for (const path of paths) views.push(await findBoard(native, { path, encoding }, artefact.board, signal));
  const [first] = views;
  const [path] = paths;
  const probing =
    first && path !== undefined
      ? await withPicture(native, { path, encoding }, signal, (stack) =>
          probeArtefact(native, stack, record.plane.map, artefact, first, signal),
        )
      : null;
  const result = accept(
    native,
    { record, artefact, temperatureC: temperatureOf(parsed), mpe: mpeOf(parsed), views, probing },
    { id: randomUUID(), createdAt: new Date().toISOString(), createdBy: 'command line', software },
  );
  const document = acceptanceDocument(result, record);
  const report = parsed.text('report');
  if (report !== undefined) {
    const kind = extname(report).toLowerCase();
    if (kind === '.html') await writeOut(report, toHtml(document));
    else if (kind === '.pdf') await writeOut(report, await toPdf(document, new Date(result.createdAt)));
    else
      throw refuse('usage', `"${report}" is neither .html nor .pdf`, 'name an HTML or PDF file', { field: 'report' });
  }
  terminal.out(parsed.flag('json') ? JSON.stringify(result, null, 1) : acceptanceText(result));
  return result.passed ? exit.done : exit.notGraded;
}

/** `A+B`: mm and mm per mm. */
function mpeOf(parsed: Parsed): Mpe {
  const text = parsed.text('mpe') ?? '0.005+0.00005';
  const [constant = '', per = '0', ...rest] = text.split('+');
  const mpe = { constantMm: Number(constant), perMm: Number(per) };
  if (rest.length > 0 || !(mpe.constantMm > 0 && mpe.perMm >= 0 && Number.isFinite(mpe.constantMm + mpe.perMm)))
    throw refuse('usage', `"${text}" is no permissible error`, 'give mm and mm per mm, e.g. --mpe 0.005+0.00001', {
      field: 'mpe',
    });
  return mpe;
}
