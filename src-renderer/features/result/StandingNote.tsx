/** Says wherever a verdict shows that no valid check stood behind the calibration. */
import { useTranslation } from 'react-i18next';
import type { Report } from '../../../src-main/contract/report.ts';
import { moment } from '../../messages/format.ts';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './result.module.css';

export function StandingNote({ report }: { readonly report: Pick<Report, 'calibration'> }) {
  const { t } = useTranslation();
  const { calibration } = report;
  if (!calibration || calibration.checkValid) return null;
  return (
    <p className={styles.wrapMark} data-testid="unchecked">
      <StatusMark tone="warn">
        {t('result.unchecked', { time: moment(calibration.checkedAt), hours: calibration.checkHours })}
      </StatusMark>
    </p>
  );
}
