/** One grading in the list: picture, grade, sub-grades, source. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArchive, IconArchiveOff } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { GradingSummary } from '../../../src-main/contract/gradings.ts';
import { gradeNumber, moment, whole } from '../../messages/format.ts';
import { imageUrl } from '../../rpc/index.ts';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './cards.module.css';
import { nameOf } from './useArchiving.tsx';

const subgradeNames = ['centering', 'corners', 'edges', 'surface'] as const;

export interface CardRowProps {
  readonly item: GradingSummary;
  readonly top: number;
  readonly height: number;
  readonly current: boolean;
  readonly onFocus: () => void;
  readonly onArchive: (() => void) | undefined;
}

export function CardRow({ item, top, height, current, onFocus, onArchive }: CardRowProps) {
  const { t } = useTranslation();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (current) link.current?.focus({ preventScroll: true });
  }, [current]);
  const name = nameOf(item);
  const archiveLabel = t(item.archived ? 'cards.restore' : 'cards.archive', { name });
  const ArchiveIcon = item.archived ? IconArchiveOff : IconArchive;
  return (
    <li className={styles.row} style={{ top, height }} data-testid="card-row">
      <Link
        ref={link}
        href={`/cards/${encodeURIComponent(item.id)}`}
        className={styles.rowLink}
        onFocus={onFocus}
        aria-label={t('cards.open', { name })}
      >
        {item.thumbnail ? (
          <img className={styles.thumb} src={imageUrl(item.thumbnail)} alt="" loading="lazy" />
        ) : (
          <span className={styles.thumb} />
        )}
        <span className={styles.overall}>{gradeNumber(item.overall)}</span>
        <span className={styles.names}>
          <span className={styles.name}>{name}</span>
          <span className={styles.meta}>
            {t(`cardSide.${item.side}`)} · {item.standard.toUpperCase()} · {moment(item.createdAt)}
          </span>
        </span>
        <span className={styles.label}>
          {item.status === 'graded' ? (
            (item.label ?? '')
          ) : (
            <StatusMark tone="person">{t('status.needsPerson')}</StatusMark>
          )}
          {item.score1000 === null ? null : (
            <span className={styles.meta}>{t('result.score', { score: whole(item.score1000) })}</span>
          )}
        </span>
        <span className={styles.subgrades}>
          {subgradeNames.map((subgrade) => (
            <span key={subgrade}>
              <span className={styles.meta}>{t(`subgrades.${subgrade}`)}</span>
              <span className={styles.subgrade}>{gradeNumber(item.subgrades[subgrade])}</span>
            </span>
          ))}
        </span>
        <span className={styles.flag}>{item.simulated ? <SimulatedBadge /> : null}</span>
      </Link>
      {onArchive ? (
        <Tooltip label={archiveLabel}>
          <ActionIcon variant="subtle" color="gray" aria-label={archiveLabel} onClick={onArchive}>
            <ArchiveIcon size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ) : null}
    </li>
  );
}
