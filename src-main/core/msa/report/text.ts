/** A report as text for a terminal: verdict, warnings and aligned tables, without charts. */
import type { MsaResult } from '../../../contract/index.ts';
import { methodOf, tablesOf } from './analyses.ts';
import { levelWord, type ReportTable } from './document.ts';

export function toText(result: MsaResult): string {
  const tables = tablesOf(result).map(tableText);
  const warnings = result.warnings.map((warning) => `! ${warning}`);
  return [
    ...tables,
    `${levelWord[result.verdict.level].toUpperCase()}: ${result.verdict.text}`,
    ...warnings,
    methodOf(result),
  ].join('\n\n');
}

/** First column to the left, figures to the right; the last column of two is text and stays to the left. */
export function tableText({ caption, head, rows }: ReportTable): string {
  const all = head.every((name) => name === '') ? rows.map((r) => r.cells) : [head, ...rows.map((r) => r.cells)];
  const widths = head.map((_, i) => Math.max(...all.map((cells) => (cells[i] ?? '').length)));
  const lines = all.map((cells) =>
    cells
      .map((cell, i) => (i === 0 || head.length === 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [caption, ...lines.map((line) => `  ${line}`)].join('\n');
}
