/** Which calibration the measurements of a study stand on, in a line; nothing before the first one. */
import { useTranslation } from 'react-i18next';
import type { Study } from '../../../src-main/contract/studies.ts';
import { moment } from '../../messages/format.ts';

export function CalibrationLine({ study }: { readonly study: Study }) {
  const { t } = useTranslation();
  const { calibration, plan, summary } = study;
  if (plan.origin === 'csv' || summary.done === 0) return null;
  return (
    <p className="tg-dim">
      {calibration
        ? t('gauge.calibration.under', { name: calibration.name, checked: moment(calibration.checkedAt) })
        : t('gauge.calibration.none')}
    </p>
  );
}
