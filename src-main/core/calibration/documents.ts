/** Documents of calibration: printable sheets and acceptance reports. */
import { refuse } from '../errors/index.ts';
import { toHtml, toPdf } from '../msa/index.ts';
import type { Native } from '../native/index.ts';
import type { Documents } from '../server/index.ts';
import type { Store } from '../store/index.ts';
import { acceptanceDocument } from './acceptance.ts';
import { withResolution } from './png-size.ts';
import { sheetPdf } from './sheet-pdf.ts';
import { boardName, sheets } from './sheets.ts';

const dpi = 600;
const rimMm = 5;
const notFound = () => refuse('notFound', 'there is no such document', 'reload the page');

/** `sheets/camera.pdf`, `sheets/artefact.png`, `acceptances/<calibration>/<id>.pdf`: segments after `calibration`. */
export function calibrationDocuments(native: Native, store: Store, now: () => Date): Documents {
  return {
    async read([kind, ...rest], _query, caller) {
      if (caller.role !== 'engineer')
        throw refuse('notAllowed', `the role ${caller.role} may not read calibrations`, 'ask an engineer');
      if (kind === 'sheets') return sheet(native, rest.join('/'), now());
      const [calibrationId = '', file = ''] = rest;
      const [id = '', ending = ''] = file.split('.');
      if (kind !== 'acceptances' || rest.length !== 2) throw notFound();
      const record = store.calibrations.get(calibrationId);
      const found = store.calibrations.acceptances(calibrationId).find((a) => a.id === id);
      if (!found) throw notFound();
      const name = `acceptance-${found.createdAt.slice(0, 10)}.${ending}`;
      const document = acceptanceDocument(found, record);
      if (ending === 'json')
        return { bytes: Buffer.from(JSON.stringify(found, null, 1)), type: 'application/json', name };
      if (ending === 'html') return { bytes: Buffer.from(toHtml(document)), type: 'text/html; charset=utf-8', name };
      if (ending === 'pdf')
        return { bytes: await toPdf(document, new Date(found.createdAt)), type: 'application/pdf', name };
      throw notFound();
    },
  };
}

async function sheet(native: Native, file: string, now: Date) {
  const found = Object.values(sheets).find((s) => file === `${s.id}.pdf` || file === `${s.id}.png`);
  if (!found) throw notFound();
  const name = `${boardName(found.board)}${file.slice(-4)}`;
  if (file.endsWith('.pdf')) {
    const bytes = await sheetPdf(found, native.calibration.layout(found.board), now);
    return { bytes, type: 'application/pdf', name };
  }
  const png = await native.calibration.png(found.board, dpi, rimMm);
  return { bytes: withResolution(png, dpi), type: 'image/png', name };
}
