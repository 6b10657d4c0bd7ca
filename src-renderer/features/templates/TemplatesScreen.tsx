/** The design templates of this bench: found by search, looked at, imported, exported, archived with undo. */
import { ActionIcon, Button, FileButton, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArchive, IconArchiveOff, IconDownload, IconPhotoScan, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TemplateSummary } from '../../../src-main/contract/templates.ts';
import { fixed, mm, moment } from '../../messages/format.ts';
import { api, core, imageUrl } from '../../rpc/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { useMayWork } from '../../state/session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { saveText } from '../../ui/saveText.ts';
import { complain, marginsText, refresh } from './changes.tsx';
import { EditTemplate } from './EditTemplate.tsx';
import { TemplateHistory } from './TemplateHistory.tsx';
import styles from './templates.module.css';

export function TemplatesScreen() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [archived, setArchived] = useState(false);
  const query = useQuery(api.templates.list.queryOptions({ input: { archived } }));
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const items = (query.data ?? []).filter(({ name, set }) =>
    words.every((word) => `${name} ${set}`.toLowerCase().includes(word)),
  );
  const search = useRef<HTMLInputElement>(null);
  useShortcut('search', () => search.current?.focus());
  return (
    <Screen
      title={t('templates.title')}
      tools={
        <>
          <TextInput
            ref={search}
            type="search"
            aria-label={t('templates.search')}
            placeholder={t('templates.searchPlaceholder')}
            leftSection={<IconSearch size={14} aria-hidden />}
            value={text}
            maxLength={100}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Switch
            size="xs"
            label={t('templates.archived')}
            checked={archived}
            onChange={(event) => setArchived(event.currentTarget.checked)}
          />
          <Import />
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.body} tabIndex={0} aria-label={t('templates.list')}>
        <p className="tg-dim">{t('templates.about')}</p>
        {query.isPending ? <Loading /> : null}
        {query.error ? <ErrorNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
        {query.data && items.length === 0 ? <Nothing filtered={words.length > 0} archived={archived} /> : null}
        <ul className={styles.list}>
          {items.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </ul>
      </section>
    </Screen>
  );
}

function Nothing({ filtered, archived }: { readonly filtered: boolean; readonly archived: boolean }) {
  const { t } = useTranslation();
  const icon = <IconPhotoScan size={36} aria-hidden />;
  if (filtered) return <EmptyState icon={icon} title={t('templates.noMatchTitle')} />;
  if (archived) return <EmptyState icon={icon} title={t('templates.emptyArchive')} />;
  const action = { label: t('templates.emptyAction'), href: '/grade' };
  return <EmptyState icon={icon} title={t('templates.emptyTitle')} body={t('templates.emptyBody')} action={action} />;
}

function Import() {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const take = useMutation({
    mutationFn: async (file: File) => core.templates.import({ text: await file.text(), fileName: file.name }),
    onSuccess: ({ name }) => {
      void refresh();
      notifications.show({ message: t('templates.importedNote', { name }) });
    },
    onError: complain,
  });
  return (
    <FileButton accept="application/json,.json" disabled={!mayWork} onChange={(file) => file && take.mutate(file)}>
      {(props) => (
        <Button variant="default" size="xs" loading={take.isPending} {...props}>
          {t('templates.import')}
        </Button>
      )}
    </FileButton>
  );
}

function useShelving() {
  const { t } = useTranslation();
  const { mutate } = useMutation({
    mutationFn: ({ id, archived }: { id: string; archived: boolean }) =>
      archived ? core.templates.archive({ id }) : core.templates.restore({ id }),
    onSuccess: (after) => {
      void refresh();
      const { id, name } = after;
      if (!after.archived) {
        notifications.show({ message: t('templates.restoredNote', { name }) });
        return;
      }
      notifications.show({
        id: `template-${id}`,
        autoClose: 8_000,
        message: (
          <span>
            {t('templates.archivedNote', { name })}{' '}
            <Button variant="subtle" size="compact-xs" onClick={() => mutate({ id, archived: false })}>
              {t('actions.undo')}
            </Button>
          </span>
        ),
      });
    },
    onError: complain,
  });
  return mutate;
}

function Item({ item }: { readonly item: TemplateSummary }) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const shelve = useShelving();
  const { id, name, archived, reference, marginsMm: m } = item;
  const Archive = archived ? IconArchiveOff : IconArchive;
  const exporting = useMutation({
    mutationFn: () => core.templates.export({ id }),
    onSuccess: ({ text }) => saveText(`${name}.template.json`, text, 'application/json'),
    onError: complain,
  });
  const facts: readonly (readonly [string, string])[] = [
    [t('templates.set'), item.set || '—'],
    [t('templates.anchors'), String(item.anchors)],
    [t('templates.size'), `${fixed(item.cardMm[0], 1)} × ${mm(item.cardMm[1], 1)}`],
    [t('templates.margins'), marginsText(m) ?? t('templates.noMargins')],
    [
      t('templates.reference'),
      t(`templates.referenceKinds.${reference.kind}`, { value: mm(Math.max(...reference.uncertaintyMm), 3) }),
    ],
  ];
  return (
    <li className={styles.item} data-testid="template">
      {item.preview === null ? (
        <div className={styles.preview} />
      ) : (
        <img className={styles.preview} src={imageUrl(item.preview)} alt="" />
      )}
      <div className={styles.text}>
        <h2>{name}</h2>
        <dl className={styles.facts}>
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <p className={styles.fine}>
          {t('templates.learned', { source: item.learnedFrom, time: moment(item.createdAt) })} ·{' '}
          {t('templates.version', { version: item.version })}
        </p>
      </div>
      <div className={styles.tools}>
        <EditTemplate item={item} disabled={!mayWork || archived} />
        <TemplateHistory item={item} />
        <ActionIcon
          variant="default"
          aria-label={t('templates.export', { name })}
          title={t('templates.export', { name })}
          loading={exporting.isPending}
          onClick={() => exporting.mutate()}
        >
          <IconDownload size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="default"
          disabled={!mayWork}
          aria-label={t(archived ? 'templates.restore' : 'templates.archive', { name })}
          title={t(archived ? 'templates.restore' : 'templates.archive', { name })}
          onClick={() => shelve({ id, archived: !archived })}
        >
          <Archive size={16} aria-hidden />
        </ActionIcon>
      </div>
    </li>
  );
}
