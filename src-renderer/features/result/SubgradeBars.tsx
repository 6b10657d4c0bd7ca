/** The four sub-grades as bars on one scale; the one that limits the grade is marked in words. */
import { useTranslation } from 'react-i18next';
import type { Grade } from '../../../src-main/contract/report.ts';
import { gradeNumber, whole } from '../../messages/format.ts';
import styles from './result.module.css';

const names = ['centering', 'corners', 'edges', 'surface'] as const;

export function SubgradeBars({ grade }: { readonly grade: Grade }) {
  const { t } = useTranslation();
  return (
    <section className={styles.block} aria-label={t('result.subgrades')}>
      <table className={styles.bars}>
        <caption className="tg-hidden">{t('result.subgrades')}</caption>
        <tbody>
          {names.map((name) => {
            const value = grade.subgrades[name];
            const limiting = grade.limitedBy.includes(name);
            return (
              <tr key={name} data-limiting={limiting ? '' : undefined} data-testid={`subgrade-${name}`}>
                <th scope="row">{t(`subgrades.${name}`)}</th>
                <td className={styles.barValue}>{gradeNumber(value)}</td>
                <td className={styles.barCell}>
                  <Bar value={value} />
                </td>
                <td className={styles.barScore}>{whole(grade.scores1000[name])}</td>
                <td className={styles.limits}>{limiting ? t('result.limiting') : ''}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Bar({ value }: { readonly value: number | null }) {
  const share = value === null ? 0 : Math.max(0, Math.min(1, value / 10));
  return (
    <svg className={styles.bar} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
      <rect className={styles.barGround} width={100} height={6} />
      <rect className={styles.barFill} width={share * 100} height={6} />
    </svg>
  );
}
