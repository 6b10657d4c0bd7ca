/** Ready for the next card: source, standard, card id, and the one key. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconFolder, IconPhoto, IconTargetArrow, IconTopologyStarRing3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rig } from '../../../src-main/contract/system.ts';
import { percent } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { type Preferences, setPreferences, usePreferences } from '../../state/preferences.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { KeyCap, ShortcutTip } from '../../ui/Keys.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { DailyCheck } from '../calibrate/DailyCheck.tsx';
import { filesOfInput } from './dropFiles.ts';
import { FolderSource, ImageSource } from './FileSources.tsx';
import styles from './grade.module.css';
import { cancelStart, choose, chooseInWindow, setGrade, useGrade } from './gradeStore.ts';
import { RecentStrip } from './RecentStrip.tsx';
import { RigSource } from './RigSource.tsx';
import { SendingNote } from './SendingNote.tsx';

export interface SourceChooserProps {
  readonly rig: Rig | undefined;
  readonly ready: boolean;
  readonly onStart: () => void;
}

type Kind = Preferences['source'];

export function SourceChooser({ rig, ready, onStart }: SourceChooserProps) {
  const { t } = useTranslation();
  const source = usePreferences((state) => state.source);
  const { problem, starting, sending } = useGrade();
  const folderInput = useRef<HTMLInputElement>(null);
  const imageInput = useRef<HTMLInputElement>(null);
  const pick = (kind: Kind) => setPreferences({ source: kind });
  const pickFolder = () => {
    pick('folder');
    if (!chooseInWindow('folder')) folderInput.current?.click();
  };
  const pickImage = () => {
    pick('image');
    if (!chooseInWindow('image')) imageInput.current?.click();
  };
  const canStart = ready && !starting;
  useShortcut('gradeStart', onStart, canStart);
  useShortcut('gradeStartEnter', onStart, canStart);
  useShortcut('sourceRig', () => pick('rig'));
  useShortcut('sourceFolder', pickFolder);
  useShortcut('sourceImage', pickImage);

  return (
    <Screen title={t('grade.title')}>
      <div className={styles.ready}>
        <div className={styles.bench}>
          <fieldset className={styles.sources}>
            <legend className="tg-hidden">{t('grade.source.label')}</legend>
            <SourceOption kind="rig" command="sourceRig" icon={<IconTopologyStarRing3 size={20} aria-hidden />} />
            <SourceOption kind="folder" command="sourceFolder" icon={<IconFolder size={20} aria-hidden />} />
            <SourceOption kind="image" command="sourceImage" icon={<IconPhoto size={20} aria-hidden />} />
          </fieldset>
          <div className={styles.form}>
            {source === 'rig' ? <RigSource rig={rig} /> : null}
            {source === 'rig' && rig ? <DailyCheck rigId={rig.id} /> : null}
            {source === 'folder' ? <FolderSource onPick={pickFolder} /> : null}
            {source === 'image' ? <ImageSource onPick={pickImage} /> : null}
            <input
              ref={folderInput}
              type="file"
              hidden
              aria-label={t('grade.folder.input')}
              webkitdirectory=""
              onChange={(event) => {
                choose(filesOfInput(event.currentTarget.files));
                event.currentTarget.value = '';
              }}
            />
            <input
              ref={imageInput}
              type="file"
              hidden
              aria-label={t('grade.image.input')}
              accept=".png,.tif,.tiff,.jpg,.jpeg"
              onChange={(event) => {
                choose(filesOfInput(event.currentTarget.files));
                event.currentTarget.value = '';
              }}
            />
            <div className={styles.fields}>
              <StandardSelect />
              <TemplateSelect />
              <CardIdField onStart={onStart} canStart={canStart} />
            </div>
            {problem ? (
              <ErrorNotice
                error={problem}
                onRetry={canStart ? onStart : undefined}
                onDismiss={() => setGrade({ problem: null })}
              />
            ) : null}
            {starting && sending ? <SendingNote sending={sending} /> : null}
            <div className={styles.startRow}>
              <ShortcutTip command="gradeStart">
                <Button
                  size="md"
                  className={styles.start ?? ''}
                  onClick={onStart}
                  disabled={!ready}
                  loading={starting !== null}
                  leftSection={<IconTargetArrow size={20} aria-hidden />}
                >
                  {t('grade.start')}
                  <KeyCap command="gradeStart" />
                </Button>
              </ShortcutTip>
              {starting ? (
                <Button size="md" variant="default" onClick={cancelStart}>
                  {t('actions.cancel')}
                  {sending ? ` (${percent(sending.sentBytes / Math.max(1, sending.totalBytes))})` : ''}
                </Button>
              ) : null}
              {ready ? null : <span className="tg-dim">{t('grade.chooseFirst')}</span>}
            </div>
          </div>
        </div>
        <RecentStrip />
      </div>
    </Screen>
  );
}

interface SourceOptionProps {
  readonly kind: Kind;
  readonly command: 'sourceRig' | 'sourceFolder' | 'sourceImage';
  readonly icon: ReactNode;
}

function SourceOption({ kind, command, icon }: SourceOptionProps) {
  const { t } = useTranslation();
  const source = usePreferences((state) => state.source);
  return (
    <label className={styles.source} data-checked={source === kind ? '' : undefined}>
      <input
        type="radio"
        name="source"
        value={kind}
        checked={source === kind}
        onChange={() => setPreferences({ source: kind })}
      />
      {icon}
      <span className={styles.sourceName}>{t(`grade.source.${kind}`)}</span>
      <KeyCap command={command} />
    </label>
  );
}

function StandardSelect() {
  const { t } = useTranslation();
  const standards = useQuery(api.standards.list.queryOptions({ staleTime: 60_000 })).data ?? [];
  const settings = useQuery(api.settings.get.queryOptions()).data;
  const chosen = useGrade((state) => state.standard);
  return (
    <Select
      label={t('grade.standard')}
      value={chosen ?? settings?.standard ?? null}
      onChange={(standard) => setGrade({ standard })}
      data={standards.map(({ id, name, version }) => ({ value: id, label: t('grade.standardBy', { name, version }) }))}
    />
  );
}

/** A person may choose a template, keep it for the cards that follow, or refuse all of them. */
function TemplateSelect() {
  const { t } = useTranslation();
  const templates =
    useQuery(api.templates.list.queryOptions({ input: { archived: false }, staleTime: 60_000 })).data ?? [];
  const chosen = useGrade((state) => state.template);
  return (
    <Select
      label={t('templates.choice.label')}
      description={t('templates.choice.hint')}
      inputWrapperOrder={['label', 'input', 'description']}
      searchable={templates.length > 6}
      allowDeselect={false}
      value={chosen}
      onChange={(template) => setGrade({ template: template ?? 'auto' })}
      data={[
        { value: 'auto', label: t('templates.choice.auto') },
        { value: 'none', label: t('templates.choice.none') },
        ...templates.map(({ id, name, set }) => ({ value: id, label: set === '' ? name : `${name} (${set})` })),
      ]}
    />
  );
}

function CardIdField({ onStart, canStart }: { readonly onStart: () => void; readonly canStart: boolean }) {
  const { t } = useTranslation();
  const cardId = useGrade((state) => state.cardId);
  return (
    <TextInput
      label={t('grade.cardId')}
      description={t('grade.cardIdHint')}
      inputWrapperOrder={['label', 'input', 'description']}
      value={cardId}
      maxLength={200}
      onChange={(event) => setGrade({ cardId: event.currentTarget.value })}
      onKeyDown={(event) => {
        // A barcode scanner ends with Enter: id scanned, card graded.
        if (event.key === 'Enter' && canStart) onStart();
      }}
    />
  );
}
