/** Measured lengths beside their true values, the worst first. */
import { useTranslation } from 'react-i18next';
import type { Comparison } from '../../../src-main/contract/calibration.ts';
import { fixed } from '../../messages/format.ts';
import { StatusMark } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './calibrate.module.css';

const shown = 8;

export function LengthsTable({
  comparisons,
  limitMm,
}: {
  readonly comparisons: readonly Comparison[];
  readonly limitMm: number;
}) {
  const { t } = useTranslation();
  const worst = comparisons.toSorted((a, b) => Math.abs(b.errorMm) - Math.abs(a.errorMm)).slice(0, shown);
  return (
    <table className={table.table}>
      <caption className={styles.dim}>
        {t('calibrate.lengths.caption', { shown: worst.length, count: comparisons.length })}
      </caption>
      <thead>
        <tr>
          <th scope="col">{t('calibrate.lengths.corners')}</th>
          <th scope="col" className={table.num}>
            {t('calibrate.lengths.direction')}
          </th>
          <th scope="col" className={table.num}>
            {t('calibrate.lengths.certified')}
          </th>
          <th scope="col" className={table.num}>
            {t('calibrate.lengths.error')}
          </th>
          <th scope="col">{t('result.checks.status')}</th>
        </tr>
      </thead>
      <tbody>
        {worst.map((c) => {
          const good = Math.abs(c.errorMm) <= limitMm;
          return (
            <tr key={c.corners.join('-')}>
              <th scope="row">{c.corners.join(' – ')}</th>
              <td className={table.num}>{fixed(c.directionDeg, 0)}°</td>
              <td className={table.num}>{fixed(c.certifiedMm, 4)}</td>
              <td className={table.num}>{fixed(1000 * c.errorMm, 2)}</td>
              <td>
                <StatusMark tone={good ? 'pass' : 'fail'}>
                  {t(good ? 'calibrate.lengths.good' : 'calibrate.lengths.bad')}
                </StatusMark>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
