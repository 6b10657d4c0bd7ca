/** The grading standards in force: their sources, and a copy that people may edit, import, export and take back. */
import { Button, FileButton, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StandardsFile } from '../../../src-main/contract/system.ts';
import { api, core, queryClient } from '../../rpc/index.ts';
import { useMayWork } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { saveText } from '../../ui/saveText.ts';
import table from '../../ui/table.module.css';
import styles from './settings.module.css';

export function StandardsPanel() {
  const { t } = useTranslation();
  const list = useQuery(api.standards.list.queryOptions());
  const file = useQuery(api.standards.file.queryOptions());
  return (
    <Panel title={t('settings.standards.title')}>
      <div className={styles.fields}>
        <p className="tg-dim">{t('settings.standards.about')}</p>
        <table className={table.table} aria-label={t('settings.standards.title')}>
          <thead>
            <tr>
              <th scope="col">{t('settings.standards.name')}</th>
              <th scope="col">{t('settings.standards.version')}</th>
              <th scope="col">{t('settings.standards.effective')}</th>
              <th scope="col">{t('settings.standards.source')}</th>
            </tr>
          </thead>
          <tbody>
            {(list.data ?? []).map((standard) => (
              <tr key={standard.id}>
                <th scope="row">{standard.name}</th>
                <td>{standard.version}</td>
                <td>{standard.effective ?? t('settings.standards.unknown')}</td>
                <td>{standard.source}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {file.isPending ? <Loading /> : null}
        {file.error ? <ErrorNotice error={file.error} onRetry={() => void file.refetch()} /> : null}
        {file.data ? <Editor file={file.data} /> : null}
      </div>
    </Panel>
  );
}

/** Text to edit is the draft; null while nobody edits. */
function Editor({ file }: { readonly file: StandardsFile }) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const [draft, setDraft] = useState<string | null>(null);
  const took = (saved: StandardsFile, message: string, undo?: () => void) => {
    setDraft(null);
    queryClient.setQueryData(api.standards.file.queryKey(), saved);
    void queryClient.invalidateQueries({ queryKey: api.standards.list.key() });
    notifications.show({
      autoClose: 8_000,
      message: (
        <span>
          {message}{' '}
          {undo ? (
            <Button variant="subtle" size="compact-xs" onClick={undo}>
              {t('actions.undo')}
            </Button>
          ) : null}
        </span>
      ),
    });
  };
  const save = useMutation({
    mutationFn: (text: string) => core.standards.save({ text }),
    onSuccess: (saved) => took(saved, t('settings.standards.saved')),
  });
  const restore = useMutation({
    mutationFn: () => core.standards.restore({}),
    onSuccess: (restored) => took(restored, t('settings.standards.restored'), () => save.mutate(file.text)),
  });
  const pick = async (chosen: File | null) => {
    if (chosen) setDraft(await chosen.text());
  };
  const failed = save.error ?? restore.error;
  return (
    <>
      <p data-testid="standards-origin">{t(`settings.standards.origin.${file.origin}`)}</p>
      {file.problem === null ? null : (
        <p role="alert" className={styles.problem}>
          {t('settings.standards.problem', { problem: file.problem })}
        </p>
      )}
      {draft === null ? null : (
        <Textarea
          label={t('settings.standards.text')}
          description={t('settings.standards.textHint')}
          classNames={{ input: styles.code }}
          rows={18}
          spellCheck={false}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
      )}
      {failed ? <ErrorNotice error={failed} /> : null}
      <div className={styles.buttons}>
        {draft === null ? (
          <Button variant="default" disabled={!mayWork} onClick={() => setDraft(file.text)}>
            {t('settings.standards.edit')}
          </Button>
        ) : (
          <>
            <Button disabled={draft === file.text} loading={save.isPending} onClick={() => save.mutate(draft)}>
              {t('settings.standards.save')}
            </Button>
            <Button variant="default" onClick={() => setDraft(null)}>
              {t('actions.cancel')}
            </Button>
          </>
        )}
        <FileButton accept="application/json,.json" onChange={(chosen) => void pick(chosen)} disabled={!mayWork}>
          {(props) => (
            <Button variant="default" {...props}>
              {t('settings.standards.import')}
            </Button>
          )}
        </FileButton>
        <Button variant="default" onClick={() => saveText('grading-standards.json', file.text, 'application/json')}>
          {t('settings.standards.export')}
        </Button>
        <Button
          variant="default"
          disabled={!mayWork || (file.origin === 'builtIn' && file.problem === null)}
          loading={restore.isPending}
          onClick={() => restore.mutate()}
        >
          {t('settings.standards.restore')}
        </Button>
      </div>
    </>
  );
}
