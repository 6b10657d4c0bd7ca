/** Step 3: where millimetres come from, the heights of what lay on the plane, and the proof on held-out lengths. */
import { Button, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Artefact, CalibrationDraft } from '../../../src-main/contract/calibration.ts';
import { fixed, micrometres } from '../../messages/format.ts';
import { core } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './calibrate.module.css';
import { LengthsTable } from './LengthsTable.tsx';
import { artefactOf, emptyScale, type ScaleForm } from './scaleForm.ts';
import { useDraftChange } from './useCalibration.ts';

type Text = { [K in keyof ScaleForm]: ScaleForm[K] extends string ? K : never }[keyof ScaleForm];
type Numeric = { [K in keyof ScaleForm]: ScaleForm[K] extends number ? K : never }[keyof ScaleForm];

const certificate = ['name', 'number', 'issuedBy', 'issuedOn', 'validUntil'] as const satisfies readonly Text[];
const figures = ['uncertaintyUm', 'expansionPpm', 'temperatureC'] as const satisfies readonly Numeric[];
const heights = ['boardMm', 'artefactMm', 'cardMm'] as const satisfies readonly Numeric[];

export function ScalePanel({ draft }: { readonly draft: CalibrationDraft }) {
  const { t } = useTranslation();
  const [form, setForm] = useState<ScaleForm>(() => emptyScale(draft));
  const set = (change: Partial<ScaleForm>) => setForm((before) => ({ ...before, ...change }));
  const compose = useDraftChange((artefact: Artefact | null) =>
    core.calibrations.compose({
      artefact,
      temperatureC: form.temperatureC,
      ...(form.rulerMm === null ? {} : { rulerMm: form.rulerMm }),
      heights: { boardMm: form.boardMm, artefactMm: form.artefactMm, cardMm: form.cardMm },
    }),
  );
  const artefact = artefactOf(form);
  const ready = form.kind === 'stated' || artefact !== null;
  const { composed } = draft;
  return (
    <Panel title={t('calibrate.scale.title')} note={t('calibrate.scale.about')}>
      <SegmentedControl
        aria-label={t('calibrate.scale.title')}
        value={form.kind}
        onChange={(kind) => set({ kind: kind === 'stated' ? 'stated' : 'certified' })}
        data={[
          { value: 'certified', label: t('calibrate.scale.certified') },
          { value: 'stated', label: t('calibrate.scale.stated') },
        ]}
      />
      {form.kind === 'certified' ? (
        <div className={styles.fields}>
          {certificate.map((field) => (
            <TextInput
              key={field}
              label={t(`calibrate.scale.${field}`)}
              value={form[field]}
              {...(field === 'issuedOn' || field === 'validUntil' ? { type: 'date' } : {})}
              onChange={(event) => set({ [field]: event.currentTarget.value })}
            />
          ))}
          {figures.map((field) => (
            <NumberInput
              key={field}
              label={t(`calibrate.scale.${field}`)}
              value={form[field]}
              onChange={(value) => set({ [field]: Number(value) })}
            />
          ))}
        </div>
      ) : (
        <div className={styles.fields}>
          <NumberInput
            label={t('calibrate.scale.rulerMm')}
            description={t('calibrate.scale.rulerAbout')}
            value={form.rulerMm ?? ''}
            onChange={(value) => set({ rulerMm: value === '' ? null : Number(value) })}
          />
        </div>
      )}
      <div className={styles.fields}>
        {heights.map((field) => (
          <NumberInput
            key={field}
            label={t(`calibrate.scale.${field}`)}
            value={form[field]}
            min={0}
            max={50}
            step={0.01}
            onChange={(value) => set({ [field]: Number(value) })}
          />
        ))}
      </div>
      <div className={styles.row}>
        <Button
          loading={compose.isPending}
          disabled={!draft.camera || !ready}
          onClick={() => compose.mutate(form.kind === 'certified' ? artefact : null)}
        >
          {t('calibrate.scale.compose')}
        </Button>
        {draft.camera ? null : <span className={styles.dim}>{t('calibrate.scale.cameraFirst')}</span>}
        {ready ? null : <span className={styles.dim}>{t('calibrate.scale.incomplete')}</span>}
      </div>
      {compose.error ? <ErrorNotice error={compose.error} /> : null}
      {composed ? (
        <>
          <p role="status">
            <StatusMark tone={composed.verification.passed ? 'pass' : 'fail'}>
              {t(composed.verification.passed ? 'calibrate.scale.passed' : 'calibrate.scale.failed', {
                worst: micrometres(composed.verification.worstMm),
                limit: micrometres(composed.verification.limitMm),
              })}
            </StatusMark>
          </p>
          <p className={styles.dim}>
            {t('calibrate.scale.found', {
              pitch: fixed(composed.plane.pitchMm, 6),
              tilt: fixed(composed.plane.tiltDeg, 3),
              factor: fixed(composed.scale.factor, 6),
            })}
          </p>
          <LengthsTable comparisons={composed.verification.comparisons} limitMm={composed.verification.limitMm} />
        </>
      ) : null}
    </Panel>
  );
}
