/** How often the check standard is due, and what happens without a valid check. */
import { Button, NumberInput, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Settings, settingsSchema } from '../../../src-main/contract/system.ts';
import { useViewedRole } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import styles from './settings.module.css';
import { useMeasuring } from './useMeasuring.tsx';

const policies = ['warn', 'require'] as const;

export function MeasuringPanel({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation();
  const engineer = useViewedRole() === 'engineer';
  const { driftCheckHours, driftCheckPolicy } = settings;
  const [draft, setDraft] = useState({ driftCheckHours, driftCheckPolicy });
  const save = useMeasuring(settings);
  const valid = settingsSchema.safeParse({ ...settings, ...draft }).success;
  const changed = draft.driftCheckHours !== driftCheckHours || draft.driftCheckPolicy !== driftCheckPolicy;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (valid) save.mutate(draft);
  };
  return (
    <Panel title={t('settings.check.title')} note={t('settings.check.about')}>
      <form className={styles.fields} onSubmit={onSubmit}>
        {engineer ? null : <p className="tg-dim">{t('settings.engineersOnly')}</p>}
        <NumberInput
          size="xs"
          label={t('settings.check.hours')}
          suffix={` ${t('settings.check.hoursUnit')}`}
          disabled={!engineer}
          min={1}
          max={720}
          allowDecimal={false}
          value={draft.driftCheckHours}
          error={valid ? null : t('settings.check.hoursBad')}
          onChange={(value) => setDraft({ ...draft, driftCheckHours: Number(value) })}
        />
        <Select
          label={t('settings.check.policy')}
          disabled={!engineer}
          value={draft.driftCheckPolicy}
          data={policies.map((value) => ({ value, label: t(`settings.check.policies.${value}`) }))}
          onChange={(policy) =>
            setDraft({ ...draft, driftCheckPolicy: policies.find((p) => p === policy) ?? draft.driftCheckPolicy })
          }
        />
        {save.error ? <ErrorNotice error={save.error} /> : null}
        <div>
          <Button type="submit" disabled={!engineer || !valid || !changed} loading={save.isPending}>
            {t('actions.save')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
