/** The rows of the library; only those in sight exist, so that ten thousand cards scroll as ten do. */
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GradingSummary } from '../../../src-main/contract/gradings.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { useMayWork } from '../../state/session.ts';
import { CardRow } from './CardRow.tsx';
import styles from './cards.module.css';
import { useArchiving } from './useArchiving.tsx';
import { rowsInSight } from './window.ts';

const rowHeight = 68;

export interface CardListProps {
  readonly items: readonly GradingSummary[];
  readonly more: boolean;
  readonly onMore: () => void;
}

export function CardList({ items, more, onMore }: CardListProps) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const scroller = useRef<HTMLElement>(null);
  const { ref: sizeRef, height } = useElementSize<HTMLElement>();
  const [scrollTop, setScrollTop] = useState(0);
  const [current, setCurrent] = useState<number | null>(null);
  const { archive, restore } = useArchiving();
  const { first, end } = rowsInSight(scrollTop, height, rowHeight, items.length);

  useEffect(() => {
    if (more && end >= items.length - 10) onMore();
  }, [more, end, items.length, onMore]);

  const move = (by: number) => {
    const next = Math.min(items.length - 1, Math.max(0, current === null ? 0 : current + by));
    setCurrent(next);
    bringIntoSight(scroller.current, next);
  };
  useShortcut('listDown', () => move(1));
  useShortcut('listUp', () => move(-1));
  const atCurrent = current === null ? undefined : items[current];
  const toggle = (item: GradingSummary) => (item.archived ? restore(item) : archive(item));
  useShortcut('archive', () => (atCurrent ? toggle(atCurrent) : undefined), mayWork && atCurrent !== undefined);

  return (
    <section
      ref={useMergedRef(scroller, sizeRef)}
      className={styles.scroller}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it
      tabIndex={0}
      aria-label={t('cards.list')}
    >
      <ul className={styles.rows} style={{ height: items.length * rowHeight }}>
        {items.slice(first, end).map((item, offset) => {
          const index = first + offset;
          return (
            <CardRow
              key={item.id}
              item={item}
              top={index * rowHeight}
              height={rowHeight}
              current={index === current}
              onFocus={() => setCurrent(index)}
              onArchive={mayWork ? () => toggle(item) : undefined}
            />
          );
        })}
      </ul>
      {more ? <p className={styles.more}>{t('cards.loadingMore')}</p> : null}
    </section>
  );
}

function bringIntoSight(scroller: HTMLElement | null, index: number): void {
  if (!scroller) return;
  const top = index * rowHeight;
  const bottom = top + rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
}
