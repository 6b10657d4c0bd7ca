/** The versions of a template: what each one changed, and an old one in force again. */
import { ActionIcon, Button, Modal } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TemplateSummary } from '../../../src-main/contract/templates.ts';
import { moment } from '../../messages/format.ts';
import { api, core } from '../../rpc/index.ts';
import { useSuspendedShortcuts } from '../../shortcuts/index.ts';
import { useMayWork } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import table from '../../ui/table.module.css';
import { changesOf, complain, noteVersion } from './changes.tsx';

export function TemplateHistory({ item }: { readonly item: TemplateSummary }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useSuspendedShortcuts(open);
  const label = t('templates.history.open', { name: item.name });
  return (
    <>
      <ActionIcon variant="default" aria-label={label} title={label} onClick={() => setOpen(true)}>
        <IconHistory size={16} aria-hidden />
      </ActionIcon>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        size="xl"
        title={t('templates.history.title', { name: item.name })}
      >
        <Versions item={item} />
      </Modal>
    </>
  );
}

function Versions({ item }: { readonly item: TemplateSummary }) {
  const { t } = useTranslation();
  const mayWork = useMayWork() && !item.archived;
  const query = useQuery(api.templates.history.queryOptions({ input: { id: item.id } }));
  const use = useMutation({
    mutationFn: (version: number) => core.templates.revert({ id: item.id, version }),
    onSuccess: (made) => noteVersion(made, item.version),
    onError: complain,
  });
  if (query.error) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const versions = query.data;
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t('templates.history.version')}</th>
          <th scope="col">{t('templates.history.when')}</th>
          <th scope="col">{t('templates.history.who')}</th>
          <th scope="col">{t('templates.history.what')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {versions.map((version, i) => (
          <tr key={version.version} data-testid="template-version">
            <th scope="row">{version.version}</th>
            <td>{moment(version.time)}</td>
            <td>{version.actor}</td>
            <td>{changesOf(version, versions[i + 1], t)}</td>
            <td>
              {i === 0 ? (
                t('templates.history.inForce')
              ) : (
                <Button
                  variant="default"
                  size="compact-xs"
                  disabled={!mayWork}
                  loading={use.isPending && use.variables === version.version}
                  aria-label={t('templates.history.use', { version: version.version })}
                  onClick={() => use.mutate(version.version)}
                >
                  {t('templates.history.useShort')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
