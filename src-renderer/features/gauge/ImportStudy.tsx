/** A CSV table of measurements as a study, analysed at once. */
import { Button, FileInput, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { StudyKind } from '../../../src-main/contract/studies.ts';
import { t } from '../../messages/index.ts';
import { core, RefusedError } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel, Screen } from '../../ui/Screen.tsx';
import styles from './gauge.module.css';
import { positive, typed } from './numbers.ts';
import { keepStudy } from './useStudy.ts';

const kinds: readonly StudyKind[] = ['grr', 'type1', 'linearity'];
const abouts = {
  grr: 'gauge.csv.about',
  type1: 'gauge.csv.type1About',
  linearity: 'gauge.csv.linearityAbout',
} as const;
const mostBytes = 900_000;

async function load(file: File, kind: StudyKind, tolerance: number | null, reference: number | null) {
  if (file.size > mostBytes)
    throw new RefusedError({
      ...{ code: 'upload.tooLarge', file: file.name },
      ...{ message: t('gauge.csv.tooLarge'), next: t('gauge.csv.tooLargeNext') },
    });
  return core.studies.importCsv({ kind, file: file.name, text: await file.text(), tolerance, reference });
}

export function ImportStudy() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [kind, setKind] = useState<StudyKind>('grr');
  const [file, setFile] = useState<File | null>(null);
  const [limits, setLimits] = useState({ tolerance: '', reference: '' });
  const [tolerance, reference] = [positive(limits.tolerance), typed(limits.reference)];
  const start = useMutation({
    mutationFn: (chosen: File) => load(chosen, kind, tolerance ?? null, reference ?? null),
    onSuccess: (study) => {
      keepStudy(study);
      navigate(`/gauge/${encodeURIComponent(study.summary.id)}`);
    },
  });
  const ready = file !== null && tolerance !== undefined && reference !== undefined;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (file && ready) start.mutate(file);
  };
  const field = (key: keyof typeof limits, bad: boolean) => (
    <TextInput
      label={t(`gauge.csv.${key}`)}
      inputMode="decimal"
      value={limits[key]}
      error={bad ? t('gauge.plan.bad') : null}
      onChange={(event) => setLimits({ ...limits, [key]: event.currentTarget.value })}
    />
  );
  return (
    <Screen title={t('gauge.csv.title')}>
      <div className={styles.body}>
        <form className={styles.form} onSubmit={onSubmit}>
          <Panel title={t(`gauge.kinds.${kind}`)} note={t(abouts[kind])}>
            <div className={styles.fields}>
              <SegmentedControl
                aria-label={t('gauge.kind')}
                value={kind}
                onChange={setKind}
                data={kinds.map((value) => ({ value, label: t(`gauge.kinds.${value}`) }))}
              />
              <FileInput
                size="xs"
                label={t('gauge.csv.file')}
                accept=".csv,.txt,.tsv,text/csv,text/plain"
                clearable
                clearButtonProps={{ 'aria-label': t('gauge.csv.clear') }}
                value={file}
                onChange={setFile}
              />
              {kind === 'linearity' ? null : (
                <div className={styles.columns}>
                  {field('tolerance', tolerance === undefined)}
                  {kind === 'type1' ? field('reference', reference === undefined) : null}
                </div>
              )}
              {start.error ? <ErrorNotice error={start.error} /> : null}
              <div>
                <Button type="submit" disabled={!ready} loading={start.isPending}>
                  {t('gauge.csv.start')}
                </Button>
              </div>
            </div>
          </Panel>
        </form>
      </div>
    </Screen>
  );
}
