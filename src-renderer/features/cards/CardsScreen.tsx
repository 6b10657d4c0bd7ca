/** The library: everything graded on this bench, found by search and filter. */
import { SegmentedControl, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCards, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GradingQuery } from '../../../src-main/contract/gradings.ts';
import { whole } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { useMayWork } from '../../state/session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { CardList } from './CardList.tsx';
import styles from './cards.module.css';

type StatusFilter = 'all' | 'graded' | 'needsPerson';
const filters: readonly StatusFilter[] = ['all', 'graded', 'needsPerson'];
const pageSize = 100;

interface Filter {
  readonly text: string;
  readonly status: StatusFilter;
  readonly archived: boolean;
}

const everything: Filter = { text: '', status: 'all', archived: false };

export function CardsScreen() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(everything);
  const query = useGradings(filter);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <Screen
      title={t('cards.title')}
      note={query.data ? t('cards.count', { count: total, formatted: whole(total) }) : undefined}
      tools={<FilterTools filter={filter} onChange={setFilter} />}
    >
      <div className={styles.body}>
        {query.isPending ? <Loading /> : null}
        {query.error && !query.data ? (
          <div className={styles.notice}>
            <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
          </div>
        ) : null}
        {query.data && items.length === 0 ? <Nothing filter={filter} onShowAll={() => setFilter(everything)} /> : null}
        {items.length > 0 ? (
          <CardList
            items={items}
            more={query.hasNextPage}
            onMore={() => {
              if (!query.isFetchingNextPage) void query.fetchNextPage();
            }}
          />
        ) : null}
      </div>
    </Screen>
  );
}

function useGradings(filter: Filter) {
  const [text] = useDebouncedValue(filter.text, 200);
  const base: Pick<GradingQuery, 'text' | 'archived' | 'limit' | 'status'> = {
    text,
    archived: filter.archived,
    limit: pageSize,
    ...(filter.status === 'all' ? {} : { status: filter.status }),
  };
  return useInfiniteQuery(
    api.gradings.list.infiniteOptions({
      input: (cursor: string | null) => (cursor === null ? base : { ...base, cursor }),
      initialPageParam: null,
      getNextPageParam: (last) => last.nextCursor,
      placeholderData: keepPreviousData,
    }),
  );
}

interface FilterToolsProps {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}

function FilterTools({ filter, onChange }: FilterToolsProps) {
  const { t } = useTranslation();
  const search = useRef<HTMLInputElement>(null);
  useShortcut('search', () => search.current?.focus());
  return (
    <>
      <TextInput
        ref={search}
        type="search"
        className={styles.search ?? ''}
        aria-label={t('cards.search')}
        placeholder={t('cards.searchPlaceholder')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={filter.text}
        maxLength={200}
        onChange={(event) => onChange({ ...filter, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <SegmentedControl
        aria-label={t('cards.filter')}
        value={filter.status}
        onChange={(status) => onChange({ ...filter, status })}
        data={filters.map((value) => ({ value, label: value === 'all' ? t('cards.all') : t(`status.${value}`) }))}
      />
      <Switch
        size="xs"
        label={t('cards.archived')}
        checked={filter.archived}
        onChange={(event) => onChange({ ...filter, archived: event.currentTarget.checked })}
      />
    </>
  );
}

function Nothing({ filter, onShowAll }: { readonly filter: Filter; readonly onShowAll: () => void }) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const icon = <IconCards size={36} aria-hidden />;
  const showAll = { label: t('cards.noMatchAction'), onClick: onShowAll };
  if (filter.text !== '' || filter.status !== 'all') {
    return <EmptyState icon={icon} title={t('cards.noMatchTitle')} body={t('cards.noMatchBody')} action={showAll} />;
  }
  if (filter.archived) {
    return (
      <EmptyState icon={icon} title={t('cards.emptyArchive')} body={t('cards.emptyArchiveBody')} action={showAll} />
    );
  }
  return (
    <EmptyState
      icon={icon}
      title={t('cards.emptyTitle')}
      body={t('cards.emptyBody')}
      action={mayWork ? { label: t('cards.emptyAction'), href: '/grade' } : undefined}
    />
  );
}
