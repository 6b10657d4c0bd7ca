/** A board as a PDF page in true size: vector squares, a control ruler of 100 mm, and what to set in the print dialog. */
import * as pdfkit from 'pdfkit';
import Helvetica from 'pdfkit/standard-fonts/Helvetica';
import HelveticaBold from 'pdfkit/standard-fonts/HelveticaBold';
import type { BoardLayout } from '../native/index.ts';
import { boardName, printedSize, type Sheet } from './sheets.ts';

const ptPerMm = 72 / 25.4;
/** A4, mm. */
const a4 = [210, 297] as const;
const marginMm = 12;
/** Room for title, ruler and notes under the pattern, mm. */
const footMm = 34;
export const rulerMm = 100;

/** Where the upper left corner of the pattern stands on the page, and the page's size, mm. */
export function pagePlan(size: readonly [number, number]): {
  readonly page: readonly [number, number];
  readonly at: readonly [number, number];
} {
  const needed = [size[0] + 2 * marginMm, size[1] + 2 * marginMm + footMm] as const;
  const page = needed[0] <= a4[0] && needed[1] <= a4[1] ? a4 : ([Math.max(needed[0], 130), needed[1]] as const);
  return { page, at: [(page[0] - size[0]) / 2, marginMm + 8] };
}

/** @param createdAt also makes the file's identity, so that equal sheets are equal files */
export async function sheetPdf(sheet: Sheet, layout: BoardLayout, createdAt: Date): Promise<Buffer> {
  if ('registerStdFonts' in pdfkit && typeof pdfkit.registerStdFonts === 'function')
    pdfkit.registerStdFonts(Helvetica, HelveticaBold);
  const { page, at } = pagePlan(printedSize(layout, sheet));
  const name = boardName(sheet.board);
  const info = {
    Title: `${sheet.title} ${name}`,
    Creator: 'TruGrade Workstation',
    CreationDate: createdAt,
    ModDate: createdAt,
  };
  const size: [number, number] = [page[0] * ptPerMm, page[1] * ptPerMm];
  const pdf = new pdfkit.default({ size, margin: 0, info, lang: 'en', displayTitle: true });
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('end', () => resolve());
    pdf.on('error', reject);
  });
  // Millimetres from here on.
  pdf.scale(ptPerMm);
  pdf
    .font('Helvetica-Bold')
    .fontSize(4)
    .fillColor('#000')
    .text(`${sheet.title} ${name}`, at[0], 8, { lineBreak: false });
  for (const [x, y, w, h] of layout.rectsMm) pdf.rect(at[0] + x, at[1] + y, w, h);
  for (const [x, y, r] of sheet.discsMm) pdf.circle(at[0] + x, at[1] + y, r);
  pdf.fill('#000');
  drawRuler(pdf, (page[0] - rulerMm) / 2, page[1] - footMm + 6);
  const notes = [
    'Print at 100 % ("actual size"), never "fit to page". Then measure the ruler: it must be 100 mm long.',
    'Glue the sheet flat on glass or aluminium; paper alone bends. Do not cut into the white rim.',
    `TruGrade Workstation, ${createdAt.toISOString().slice(0, 10)}. Any OpenCV reads this board: CharucoBoard, ${sheet.board.dictionary}.`,
  ];
  pdf.font('Helvetica').fontSize(2.8);
  notes.forEach((note, i) => {
    pdf.text(note, marginMm, page[1] - 18 + 4 * i, { lineBreak: false });
  });
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Ticks every millimetre, longer every 5 and 10, with a cross at both ends for a microscope. */
function drawRuler(pdf: InstanceType<typeof pdfkit.default>, x: number, y: number): void {
  pdf.lineWidth(0.1).strokeColor('#000');
  for (let mm = 0; mm <= rulerMm; mm += 1) {
    const length = mm % 10 === 0 ? 4 : mm % 5 === 0 ? 3 : 2;
    pdf.moveTo(x + mm, y).lineTo(x + mm, y - length);
  }
  pdf.moveTo(x, y).lineTo(x + rulerMm, y);
  for (const end of [x, x + rulerMm])
    pdf
      .moveTo(end - 2, y + 2)
      .lineTo(end + 2, y + 2)
      .moveTo(end, y)
      .lineTo(end, y + 4);
  pdf.stroke();
  pdf.font('Helvetica').fontSize(2.8).fillColor('#000');
  pdf.text('0', x - 0.8, y - 8, { lineBreak: false });
  pdf.text('100 mm', x + rulerMm - 4, y - 8, { lineBreak: false });
}
