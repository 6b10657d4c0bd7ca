/** The name of a saved report. Pure. */
import type { Report } from '../../../src-main/contract/report.ts';

/** `<card>-<side>-<date>.json`, of characters that every file system takes. */
export function reportFileName(card: string, report: Pick<Report, 'side' | 'createdAt'>): string {
  const name = card
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 80);
  return `${name || 'card'}-${report.side}-${report.createdAt.slice(0, 10)}.json`;
}
