/** The cards graded last, to look back at one without leaving the bench. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { GradingSummary } from '../../../src-main/contract/gradings.ts';
import { gradeNumber } from '../../messages/format.ts';
import { api, imageUrl } from '../../rpc/index.ts';
import styles from './grade.module.css';

export function RecentStrip() {
  const { t } = useTranslation();
  const page = useQuery(api.gradings.list.queryOptions({ input: { limit: 8 } }));
  if (!page.data) return null;
  return (
    <section className={styles.recent} aria-label={t('grade.recent')}>
      <header>
        <h2>{t('grade.recent')}</h2>
        {page.data.total > 0 ? <Link href="/cards">{t('grade.allCards')}</Link> : null}
      </header>
      {page.data.items.length === 0 ? <p className="tg-dim">{t('grade.noRecent')}</p> : null}
      <ul>
        {page.data.items.map((item) => (
          <Recent key={item.id} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Recent({ item }: { readonly item: GradingSummary }) {
  const { t } = useTranslation();
  const name = item.cardId ?? item.sourceName;
  return (
    <li>
      <Link href={`/cards/${encodeURIComponent(item.id)}`} className={styles.recentCard}>
        {item.thumbnail ? <img src={imageUrl(item.thumbnail)} alt="" /> : <span className={styles.noThumb} />}
        <span className={styles.recentGrade}>{gradeNumber(item.overall)}</span>
        <span className={styles.recentName}>{name}</span>
        {item.simulated ? <span className={styles.recentSim}>{t('simulated.badge')}</span> : null}
      </Link>
    </li>
  );
}
