/** Step 4: the draft becomes a record, or is thrown away. */
import { Button, NumberInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CalibrationDraft } from '../../../src-main/contract/calibration.ts';
import { core } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import styles from './calibrate.module.css';
import { refreshDraft, refreshRecords } from './useCalibration.ts';

export function AcceptPanel({ draft }: { readonly draft: CalibrationDraft }) {
  const { t } = useTranslation();
  const [name, setName] = useState<string>(() =>
    t('calibrate.accept.usualName', { date: new Date().toISOString().slice(0, 10) }),
  );
  const [days, setDays] = useState(365);
  const [asked, setAsked] = useState(false);
  const renew = () => Promise.all([refreshDraft(), refreshRecords()]);
  const accept = useMutation({
    mutationFn: () => core.calibrations.accept({ name, validDays: days }),
    onSuccess: renew,
  });
  const discard = useMutation({ mutationFn: () => core.calibrations.discard(), onSuccess: renew });
  const ready = draft.composed?.verification.passed ?? false;
  return (
    <Panel title={t('calibrate.accept.title')} note={t('calibrate.accept.about')}>
      <div className={styles.fields}>
        <TextInput
          label={t('calibrate.accept.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NumberInput
          label={t('calibrate.accept.days')}
          value={days}
          min={1}
          max={3650}
          onChange={(value) => setDays(Number(value))}
        />
      </div>
      <div className={styles.row}>
        <Button disabled={!ready || name.trim() === ''} loading={accept.isPending} onClick={() => accept.mutate()}>
          {t('calibrate.accept.accept')}
        </Button>
        {asked ? (
          <>
            <span role="alert">{t('calibrate.accept.sure', { count: draft.shots.length })}</span>
            <Button color="red" loading={discard.isPending} onClick={() => discard.mutate()}>
              {t('calibrate.accept.reallyDiscard')}
            </Button>
            <Button variant="default" onClick={() => setAsked(false)}>
              {t('calibrate.accept.keep')}
            </Button>
          </>
        ) : (
          <Button variant="default" onClick={() => setAsked(true)}>
            {t('calibrate.accept.discard')}
          </Button>
        )}
      </div>
      {accept.error || discard.error ? <ErrorNotice error={accept.error ?? discard.error} /> : null}
    </Panel>
  );
}
