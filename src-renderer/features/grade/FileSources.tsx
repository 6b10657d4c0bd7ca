/** A capture folder or a single image as a source. */
import { Button, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { bytes } from '../../messages/format.ts';
import { setPreferences, usePreferences } from '../../state/preferences.ts';
import styles from './grade.module.css';
import { type Encoding, setGrade, useGrade } from './gradeStore.ts';
import { parsePitch } from './sourceFiles.ts';

interface PickProps {
  readonly onPick: () => void;
}

export function FolderSource({ onPick }: PickProps) {
  const { t } = useTranslation();
  const folder = useGrade((state) => state.folder);
  return (
    <section className={styles.files} aria-label={t('grade.source.folder')}>
      <Button variant="default" size="sm" onClick={onPick}>
        {t('grade.folder.choose')}
      </Button>
      {folder ? (
        <p className={styles.chosen} data-testid="chosen">
          {t('grade.folder.chosen', {
            name: folder.name,
            count: folder.files.length,
            size: bytes(folder.files.reduce((sum, file) => sum + file.size, 0)),
          })}
          {folder.leftOut > 0 ? (
            <span className="tg-dim"> {t('grade.folder.nested', { count: folder.leftOut })}</span>
          ) : null}
        </p>
      ) : (
        <Registered kind="folder" hint={t('grade.folder.hint')} />
      )}
    </section>
  );
}

export function ImageSource({ onPick }: PickProps) {
  const { t } = useTranslation();
  const { image, encoding } = useGrade();
  const pitch = usePreferences((state) => state.pixelPitch);
  const encodings: readonly Encoding[] = ['auto', 'srgb', 'linear'];
  return (
    <section className={styles.imageSource} aria-label={t('grade.source.image')}>
      <div className={styles.files}>
        <Button variant="default" size="sm" onClick={onPick}>
          {t('grade.image.choose')}
        </Button>
        {image ? (
          <p className={styles.chosen} data-testid="chosen">
            {t('grade.image.chosen', { name: image.name, size: bytes(image.file.size) })}
          </p>
        ) : (
          <Registered kind="image" hint={t('grade.image.hint')} />
        )}
      </div>
      <div className={styles.fields}>
        <TextInput
          label={`${t('grade.image.pitch')} (${t('grade.image.pitchUnit')})`}
          description={t('grade.image.pitchHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          inputMode="decimal"
          value={pitch}
          maxLength={20}
          error={parsePitch(pitch) === undefined ? t('grade.image.pitchBad') : null}
          onChange={(event) => setPreferences({ pixelPitch: event.currentTarget.value })}
        />
        <Select
          label={t('grade.image.encoding')}
          value={encoding}
          data={encodings.map((value) => ({ value, label: t(`grade.image.encodings.${value}`) }))}
          onChange={(value) => setGrade({ encoding: value ?? 'auto' })}
        />
      </div>
    </section>
  );
}

/** What was chosen in the desktop window's dialog, else how to choose. */
function Registered({ kind, hint }: { readonly kind: 'folder' | 'image'; readonly hint: string }) {
  const { t } = useTranslation();
  const registered = useGrade((state) => state.registered);
  if (registered?.kind !== kind) return <p className="tg-dim">{hint}</p>;
  return (
    <p className={styles.chosen} data-testid="chosen">
      {t('grade.chosenHere', { name: registered.name })}
    </p>
  );
}
