/** The audit log, newest first, and the check of its chain of hashes. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../../src-main/contract/system.ts';
import { moment, whole } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './system.module.css';

export function AuditPanel() {
  const { t } = useTranslation();
  const verify = useVerify();
  const audit = useInfiniteQuery(
    api.audit.list.infiniteOptions({
      input: (before: number | null) => (before === null ? { limit: 50 } : { limit: 50, before }),
      initialPageParam: null,
      getNextPageParam: (last) => (last.more ? (last.items.at(-1)?.seq ?? null) : null),
    }),
  );
  const entries = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title={t('system.audit.title')}
      note={t('system.audit.about')}
      tools={
        <Button loading={verify.isPending} onClick={() => verify.mutate(undefined)}>
          {t('system.audit.verify')}
        </Button>
      }
    >
      <Verdict verify={verify} />
      {audit.isPending ? <Loading /> : null}
      {audit.error ? <ErrorNotice error={audit.error} onRetry={() => void audit.refetch()} /> : null}
      {audit.data && entries.length === 0 ? <EmptyState title={t('system.audit.empty')} /> : null}
      {entries.length > 0 ? <Entries entries={entries} /> : null}
      {audit.hasNextPage ? (
        <div className={styles.running}>
          <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            {t('system.audit.more')}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

function Verdict({ verify }: { readonly verify: ReturnType<typeof useVerify> }) {
  const { t } = useTranslation();
  if (verify.error) return <ErrorNotice error={verify.error} />;
  const verdict = verify.data;
  if (!verdict) return null;
  return (
    <div className={styles.running} role="status">
      {verdict.ok ? (
        <StatusMark tone="pass">
          {t('system.audit.good', {
            count: verdict.rows,
            formatted: whole(verdict.rows),
            head: verdict.head.slice(0, 12),
          })}
        </StatusMark>
      ) : (
        <ErrorNotice
          title={t('system.audit.bad', { seq: verdict.firstBadSeq ?? '?' })}
          error={{
            code: 'store.damaged',
            message: t('system.audit.bad', { seq: verdict.firstBadSeq ?? '?' }),
            next: t('system.audit.badNext'),
          }}
        />
      )}
    </div>
  );
}

function useVerify() {
  return useMutation(api.audit.verify.mutationOptions());
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const { t } = useTranslation();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col" className={table.num}>
            {t('system.audit.seq')}
          </th>
          <th scope="col">{t('system.audit.time')}</th>
          <th scope="col">{t('system.audit.actor')}</th>
          <th scope="col">{t('system.audit.action')}</th>
          <th scope="col">{t('system.audit.subject')}</th>
          <th scope="col">{t('system.audit.hash')}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.seq}>
            <td className={table.num}>{entry.seq}</td>
            <td className={styles.nowrap}>{moment(entry.time)}</td>
            <td>{entry.actor}</td>
            <td>
              {entry.action}
              {entry.reason === null ? null : <p className={styles.reason}>{entry.reason}</p>}
            </td>
            <td className={styles.subject}>{entry.subject}</td>
            <td className={table.mono}>{entry.hash.slice(0, 8)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
