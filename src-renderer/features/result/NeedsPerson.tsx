/** When a person has to look: why, and what to do. */
import { Button } from '@mantine/core';
import { IconUserExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Report } from '../../../src-main/contract/report.ts';
import { setPreferences } from '../../state/preferences.ts';
import { sentence } from '../../ui/ErrorNotice.tsx';
import { reasonsFor } from './reasons.ts';
import styles from './result.module.css';

export function NeedsPerson({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  // Whoever marked it has looked.
  if (report.grade.noGrade?.by === 'person') return null;
  if (!report.quality.needsPerson && report.error === null) return null;
  const reasons = reasonsFor(report);
  return (
    <section className={styles.person} aria-label={t('result.needsPerson.title')}>
      <IconUserExclamation size={22} aria-hidden />
      <div>
        <h2>{t('result.needsPerson.title')}</h2>
        <ul>
          {(reasons.length > 0 ? reasons : [t('result.needsPerson.reasonUnknown')]).map((reason) => (
            <li key={reason}>{sentence(reason)}</li>
          ))}
        </ul>
        <p>
          <strong>{t('result.needsPerson.next')}:</strong>{' '}
          {report.error ? sentence(report.error.next) : t('result.needsPerson.defaultNext')}
        </p>
        <Button variant="default" size="compact-xs" onClick={() => setPreferences({ panelTab: 'checks' })}>
          {t('result.needsPerson.showChecks')}
        </Button>
      </div>
    </section>
  );
}
