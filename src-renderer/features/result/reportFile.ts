/** The report as JSON, onto the clipboard or into a file. */
import { notifications } from '@mantine/notifications';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import type { Report } from '../../../src-main/contract/report.ts';
import { t } from '../../messages/index.ts';
import { copyText } from '../../ui/clipboard.ts';
import { reportFileName } from './reportFileName.ts';

export async function copyReport({ report }: Grading): Promise<void> {
  if (await copyText(reportText(report))) {
    notifications.show({ message: t('result.actions.copied') });
    return;
  }
  notifications.show({
    color: 'red',
    title: t('result.actions.copyFailed'),
    message: t('result.actions.copyFailedNext'),
  });
}

export function saveReport({ report, summary }: Grading): void {
  const url = URL.createObjectURL(new Blob([reportText(report)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = reportFileName(summary.cardId ?? summary.sourceName, report);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function reportText(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
