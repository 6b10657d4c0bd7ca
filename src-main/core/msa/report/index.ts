/** Reports of measurement-system analysis: text, HTML, PDF. */
import type { ReportDocument } from './document.ts';

export { blocksOf, componentLabels, methodOf } from './analyses.ts';
export { chartsOf } from './charts.ts';
export { type Block, levelWord, type ReportDocument, type ReportTable } from './document.ts';
export { figure, pct } from './figures.ts';
export { toHtml, toSvg } from './html.ts';
export { toText } from './text.ts';

/** A report as PDF on A4. pdfkit is a megabyte, so it is loaded when the first report is made. */
export async function toPdf(report: ReportDocument, createdAt: Date): Promise<Buffer> {
  const pdf = await import('./pdf.ts');
  return pdf.toPdf(report, createdAt);
}
