/** The grade, large enough to read across the bench, and the tools for the report. */
import { ActionIcon } from '@mantine/core';
import { IconClipboardCopy, IconDownload, IconPrinter } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import { gradeNumber, moment, whole } from '../../messages/format.ts';
import { sentence } from '../../ui/ErrorNotice.tsx';
import { ShortcutTip } from '../../ui/Keys.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { copyReport, saveReport } from './reportFile.ts';
import styles from './result.module.css';
import { StandingNote } from './StandingNote.tsx';

export function GradeHeader({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const { report, summary } = grading;
  const { grade } = report;
  return (
    <header className={styles.head}>
      <div className={styles.big} data-none={grade.overall === null ? '' : undefined}>
        <span className="tg-hidden">{t('result.gradeLabel')} </span>
        <span data-testid="overall">{gradeNumber(grade.overall)}</span>
      </div>
      <div className={styles.headText}>
        <p className={styles.gradeLabel} data-testid="grade-label">
          {grade.noGrade
            ? t('result.noGradeMark.headline', {
                code: grade.noGrade.code,
                name: t(`result.noGradeMark.codes.${grade.noGrade.code}`),
              })
            : grade.overall === null
              ? t('result.noGrade')
              : (grade.label ?? '')}
        </p>
        {grade.noGrade ? (
          <p className={styles.fine} data-testid="no-grade-why">
            {grade.noGrade.why} (
            {t(`result.noGradeMark.${grade.noGrade.by === 'person' ? 'byPerson' : 'byMeasurement'}`)}).{' '}
            {grade.noGrade.by === 'person' ? null : sentence(grade.noGrade.next)}
          </p>
        ) : null}
        {grade.score1000 === null ? null : (
          <p className={styles.score}>{t('result.score', { score: whole(grade.score1000) })}</p>
        )}
        {report.card ? (
          <p className={styles.score}>{t('result.card', { overall: gradeNumber(report.card.overall) })}</p>
        ) : null}
        <p className={styles.fine}>
          {t('result.by', {
            standard: grade.standard.toUpperCase(),
            version: grade.standardVersion,
            rules: grade.rulesVersion,
          })}
        </p>
        <p className={styles.fine}>
          {summary.cardId ?? summary.sourceName} · {t(`cardSide.${report.side}`)} · {moment(report.createdAt)}
        </p>
        {grade.qualifiers.length > 0 ? (
          <p className={styles.fine}>
            {t('result.qualifiers')}: {grade.qualifiers.join(', ')}
          </p>
        ) : null}
        {report.simulated ? <SimulatedBadge /> : null}
        <StandingNote report={report} />
      </div>
      <ReportTools grading={grading} />
    </header>
  );
}

function ReportTools({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  return (
    <div className={styles.headTools}>
      <ShortcutTip command="copyReport" position="left">
        <ActionIcon
          variant="default"
          size="md"
          aria-label={t('result.actions.copy')}
          onClick={() => void copyReport(grading)}
        >
          <IconClipboardCopy size={16} aria-hidden />
        </ActionIcon>
      </ShortcutTip>
      <ShortcutTip command="saveReport" position="left">
        <ActionIcon
          variant="default"
          size="md"
          aria-label={t('result.actions.save')}
          onClick={() => saveReport(grading)}
        >
          <IconDownload size={16} aria-hidden />
        </ActionIcon>
      </ShortcutTip>
      <ShortcutTip command="print" position="left">
        <ActionIcon variant="default" size="md" aria-label={t('result.actions.print')} onClick={() => window.print()}>
          <IconPrinter size={16} aria-hidden />
        </ActionIcon>
      </ShortcutTip>
    </div>
  );
}
