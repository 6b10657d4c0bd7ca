/** A report as PDF on A4, charts drawn as vectors. */
import * as pdfkit from 'pdfkit';
import Helvetica from 'pdfkit/standard-fonts/Helvetica';
import HelveticaBold from 'pdfkit/standard-fonts/HelveticaBold';
import type { Chart, MsaLevel } from '../../../contract/index.ts';
import { type Block, levelWord, type ReportDocument, type ReportTable } from './document.ts';
import { draw, type Shape } from './drawing.ts';

type Page = InstanceType<typeof pdfkit.default>;

const margin = 48;
const colours: Readonly<Record<MsaLevel, string>> = {
  good: '#1a6b35',
  conditional: '#855000',
  unacceptable: '#b0201c',
  notEvaluable: '#5a666d',
};
const ink = '#1d2428';
const dim = '#5a666d';
const simulatedInk = '#6b2fa0';

/** @param createdAt also makes the file's identity, so that equal reports are equal files */
export async function toPdf(report: ReportDocument, createdAt: Date): Promise<Buffer> {
  registerFonts();
  const info = {
    Title: printable(report.title),
    Creator: 'TruGrade Workstation',
    CreationDate: createdAt,
    ModDate: createdAt,
  };
  const page = new pdfkit.default({ size: 'A4', margin, bufferPages: true, lang: 'en', displayTitle: true, info });
  const chunks: Uint8Array[] = [];
  page.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    page.on('end', () => resolve());
    page.on('error', reject);
  });
  page.font('Helvetica-Bold').fontSize(18).fillColor(ink).text(printable(report.title));
  page.moveDown(0.4);
  for (const block of report.blocks) drawBlock(page, block);
  footers(page, report);
  page.end();
  await ended;
  return Buffer.concat(chunks);
}

/** The bundle takes the browser's build of pdfkit, whose fonts are given to it; Node's own build finds them itself. */
function registerFonts(): void {
  if ('registerStdFonts' in pdfkit && typeof pdfkit.registerStdFonts === 'function')
    pdfkit.registerStdFonts(Helvetica, HelveticaBold);
}

/** The standard fonts hold Windows-1252; what they lack becomes a question mark instead of nonsense. */
function printable(text: string): string {
  return text.replace(/[^\u0020-\u007E\u00A0-\u00FF\u2013\u2014\u2018\u2019\u201C\u201D\u2022\u2026\u20AC]/gu, '?');
}

const width = (page: Page): number => page.page.width - 2 * margin;

function room(page: Page, height: number): void {
  if (page.y + height > page.page.height - margin - 14) page.addPage();
}

function drawBlock(page: Page, block: Block): void {
  page.x = margin;
  switch (block.kind) {
    case 'heading':
      room(page, 60);
      page.moveDown(0.7).font('Helvetica-Bold').fontSize(13).fillColor(ink).text(printable(block.text)).moveDown(0.3);
      return;
    case 'text':
      body(page)
        .text(printable(block.text), { width: width(page) })
        .moveDown(0.4);
      return;
    case 'verdict':
      room(page, 40);
      page.font('Helvetica-Bold').fontSize(10.5).fillColor(colours[block.level]);
      page.text(printable(`${levelWord[block.level]}: ${block.text}`), { width: width(page) }).moveDown(0.4);
      return;
    case 'list':
      for (const item of block.items) body(page).text(`\u2022 ${printable(item)}`, { width: width(page) });
      page.moveDown(0.4);
      return;
    case 'facts':
      for (const [name, value] of block.facts) fact(page, name, value);
      page.moveDown(0.4);
      return;
    case 'table':
      drawTable(page, block.table);
      return;
    case 'chart':
      drawChart(page, block.chart);
      return;
  }
}

const body = (page: Page): Page => page.font('Helvetica').fontSize(9.5).fillColor(ink);

function fact(page: Page, name: string, value: string): void {
  const label = 150;
  const height = body(page).heightOfString(printable(value), { width: width(page) - label });
  room(page, height);
  const y = page.y;
  page.fillColor(dim).text(printable(name), margin, y, { width: label - 8 });
  page.fillColor(ink).text(printable(value), margin + label, y, { width: width(page) - label });
  page.x = margin;
}

function drawTable(page: Page, { caption, head, rows }: ReportTable): void {
  const size = head.length > 9 ? 7 : 8.5;
  const line = size + 5;
  const named = head.some((name) => name !== '');
  const columns = columnWidths(page, named ? [head, ...rows.map((r) => r.cells)] : rows.map((r) => r.cells), size);
  // A table of two columns is a list of facts: its second column is text.
  const align = head.length === 2 ? 'left' : 'right';
  const drawRow = (cells: readonly string[], font: string, colour: string) => {
    const y = page.y;
    let x = margin;
    for (const [i, cell] of cells.entries()) {
      const room = columns[i] ?? 0;
      page
        .font(font)
        .fontSize(size)
        .fillColor(i === 0 ? ink : colour);
      const options = { width: room - 4, height: line, lineBreak: false, ellipsis: true };
      page.text(printable(cell), x, y, { ...options, align: i === 0 ? 'left' : align });
      x += room;
    }
    const under = y + line - 2;
    page.moveTo(margin, under).lineTo(x, under).lineWidth(0.4).strokeColor('#d3d9dd').stroke();
    page.y = y + line;
  };
  const drawHead = () => {
    if (named) drawRow(head, 'Helvetica-Bold', ink);
  };
  room(page, 4 * line);
  page.font('Helvetica-Bold').fontSize(9.5).fillColor(ink).text(printable(caption), margin);
  page.moveDown(0.2);
  drawHead();
  for (const { cells, level } of rows) {
    if (page.y + line > page.page.height - margin - 14) {
      page.addPage();
      drawHead();
    }
    drawRow(cells, 'Helvetica', level ? colours[level] : ink);
  }
  page.x = margin;
  page.moveDown(0.6);
}

/** What each column's widest cell needs, shrunk together where the page is too narrow. */
function columnWidths(page: Page, rows: readonly (readonly string[])[], size: number): readonly number[] {
  page.font('Helvetica-Bold').fontSize(size);
  const count = Math.max(0, ...rows.map((cells) => cells.length));
  const wanted = Array.from(
    { length: count },
    (_, i) => 14 + Math.max(...rows.map((cells) => page.widthOfString(printable(cells[i] ?? '')))),
  );
  const total = wanted.reduce((sum, w) => sum + w, 0);
  return wanted.map((w) => w * Math.min(1, width(page) / total));
}

function drawChart(page: Page, chart: Chart): void {
  const drawing = draw(chart);
  room(page, drawing.height + 20);
  const top = page.y;
  page.save().translate(margin, top);
  for (const shape of drawing.shapes) drawShape(page, shape);
  page.restore();
  page
    .font('Helvetica')
    .fontSize(8.5)
    .fillColor(dim)
    .text(printable(chart.hint), margin, top + drawing.height + 2, { width: width(page) });
  page.moveDown(0.8);
}

function drawShape(page: Page, shape: Shape): void {
  switch (shape.kind) {
    case 'line': {
      const [start, ...rest] = shape.points;
      if (!start) return;
      page.moveTo(...start);
      for (const point of rest) page.lineTo(...point);
      if (shape.dash) page.dash(shape.dash[0], { space: shape.dash[1] });
      page.lineWidth(shape.width).strokeColor(shape.colour).stroke();
      if (shape.dash) page.undash();
      return;
    }
    case 'rect':
      page.rect(shape.x, shape.y, shape.width, shape.height).fill(shape.colour);
      return;
    case 'dot':
      page.circle(shape.x, shape.y, shape.radius).fill(shape.colour);
      return;
    case 'text':
      drawText(page, shape);
      return;
  }
}

function drawText(page: Page, shape: Shape & { kind: 'text' }): void {
  const text = printable(shape.text);
  page.font('Helvetica').fontSize(shape.size).fillColor(shape.colour);
  const wide = page.widthOfString(text);
  const shift = { start: 0, middle: wide / 2, end: wide }[shape.anchor];
  page.save();
  if (shape.turned) page.rotate(-90, { origin: [shape.x, shape.y] });
  // pdfkit places text by its top, the drawing by its base line.
  page.text(text, shape.x - shift, shape.y - shape.size * 0.75, { lineBreak: false });
  page.restore();
}

function footers(page: Page, report: ReportDocument): void {
  const { start, count } = page.bufferedPageRange();
  for (let i = start; i < start + count; i++) {
    page.switchToPage(i);
    const y = page.page.height - margin + 8;
    // Without this a text below the margin would begin a page of its own.
    page.page.margins.bottom = 0;
    page.font('Helvetica').fontSize(8).fillColor(dim);
    page.text(`TruGrade Workstation, page ${i - start + 1} of ${count}`, margin, y, { lineBreak: false });
    if (!report.simulated) continue;
    page.font('Helvetica-Bold').fillColor(simulatedInk);
    const label = 'SIMULATED measurements';
    page.text(label, page.page.width - margin - page.widthOfString(label), y, { lineBreak: false });
  }
}
