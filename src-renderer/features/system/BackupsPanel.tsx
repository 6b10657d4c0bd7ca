/** Verified backups: those there are, and one now. */
import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { bytes, moment, whole } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { isOver, rememberJob, useJob } from '../../state/jobs.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './system.module.css';

export function BackupsPanel() {
  const { t } = useTranslation();
  const backups = useQuery(api.backups.list.queryOptions());
  const create = useMutation(api.backups.create.mutationOptions({ onSuccess: rememberJob }));
  const job = useJob(create.data?.id);
  const running = create.isPending || (create.data !== undefined && !isOver(job));
  const error = create.error ?? backups.error ?? job?.error;
  return (
    <Panel
      title={t('system.backups.title')}
      note={t('system.backups.about')}
      tools={
        <Button loading={running} onClick={() => create.mutate(undefined)}>
          {t('system.backups.create')}
        </Button>
      }
    >
      {error ? <ErrorNotice error={error} onRetry={() => create.mutate(undefined)} /> : null}
      {running && job ? (
        <div className={styles.running} role="status">
          {t('system.backups.running')}
          <Progress value={100 * job.progress} aria-label={t('system.backups.running')} />
        </div>
      ) : null}
      {job?.state === 'done' ? (
        <p className={styles.running} role="status">
          <StatusMark tone="pass">{t('system.backups.done')}</StatusMark>
        </p>
      ) : null}
      {backups.data?.length === 0 ? (
        <EmptyState title={t('system.backups.empty')} body={t('system.backups.emptyBody')} />
      ) : null}
      {backups.data && backups.data.length > 0 ? (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t('system.backups.name')}</th>
              <th scope="col" className={table.num}>
                {t('system.backups.size')}
              </th>
              <th scope="col" className={table.num}>
                {t('system.backups.rows')}
              </th>
              <th scope="col">{t('result.checks.status')}</th>
            </tr>
          </thead>
          <tbody>
            {backups.data.map((backup) => (
              <tr key={backup.name}>
                <th scope="row" title={backup.name}>
                  {moment(backup.createdAt)}
                </th>
                <td className={table.num}>{bytes(backup.bytes)}</td>
                <td className={table.num}>{whole(backup.rows)}</td>
                <td>
                  <StatusMark tone={backup.verified ? 'pass' : 'warn'}>
                    {t(backup.verified ? 'system.backups.verified' : 'system.backups.notVerified')}
                  </StatusMark>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </Panel>
  );
}
