/** Settings: of this desk (kept in the browser) and of the bench (kept by the core). */
import { Button, NumberInput, SegmentedControl, Select, Switch, TextInput, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deskSettingsSchema, type Settings } from '../../../src-main/contract/system.ts';
import { bytes } from '../../messages/format.ts';
import { api, queryClient } from '../../rpc/index.ts';
import { setPreferences, usePreferences } from '../../state/preferences.ts';
import { useMayWork } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Panel, Screen } from '../../ui/Screen.tsx';
import { AssumptionsPanel } from './AssumptionsPanel.tsx';
import { MeasuringPanel } from './MeasuringPanel.tsx';
import { StandardsPanel } from './StandardsPanel.tsx';
import styles from './settings.module.css';

/** An emptied field is no zero days. */
const whole = (value: number | string): number => (typeof value === 'number' ? value : Number.NaN);

const schemes = ['auto', 'light', 'dark'] as const;
const computes = deskSettingsSchema.shape.compute.options;

export function SettingsScreen() {
  const { t } = useTranslation();
  const settings = useQuery(api.settings.get.queryOptions());
  return (
    <Screen title={t('settings.title')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.body} tabIndex={0} aria-label={t('settings.title')}>
        <Desk />
        {settings.isPending ? <Loading /> : null}
        {settings.error ? <ErrorNotice error={settings.error} onRetry={() => void settings.refetch()} /> : null}
        {settings.data ? <Bench key={JSON.stringify(settings.data)} settings={settings.data} /> : null}
        {settings.data ? (
          <>
            <MeasuringPanel key={`measuring ${JSON.stringify(settings.data)}`} settings={settings.data} />
            <AssumptionsPanel settings={settings.data} />
          </>
        ) : null}
        <StandardsPanel />
      </section>
    </Screen>
  );
}

function Desk() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const singleKeys = usePreferences((state) => state.singleKeys);
  return (
    <Panel title={t('settings.desk')}>
      <div className={styles.fields}>
        <div>
          <span className={styles.label} id="scheme-label">
            {t('settings.scheme')}
          </span>
          <SegmentedControl
            aria-labelledby="scheme-label"
            value={colorScheme}
            onChange={(value) => setColorScheme(value)}
            data={schemes.map((value) => ({ value, label: t(`settings.schemes.${value}`) }))}
          />
        </div>
        <Switch
          label={t('settings.singleKeys')}
          description={t('settings.singleKeysHint')}
          checked={singleKeys}
          onChange={(event) => setPreferences({ singleKeys: event.currentTarget.checked })}
        />
      </div>
    </Panel>
  );
}

function Bench({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const [draft, setDraft] = useState(settings);
  const standards = useQuery(api.standards.list.queryOptions({ staleTime: 60_000 })).data ?? [];
  const save = useMutation(
    api.settings.set.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(api.settings.get.queryKey(), saved);
        void queryClient.invalidateQueries({ queryKey: api.system.storage.queryKey() });
        notifications.show({ message: t('settings.saved') });
      },
    }),
  );
  // Grading adds to it while this screen is away.
  const storage = useQuery(api.system.storage.queryOptions({ staleTime: 0 })).data;
  const parsed = deskSettingsSchema.safeParse(draft);
  const valid = parsed.success;
  const bad = (field: keyof Settings) => parsed.error?.issues.some(({ path }) => path[0] === field) ?? false;
  const kept = (kind: 'maps' | 'frames') => {
    const now = storage?.[kind];
    if (!now || now.gradings === 0) return '';
    const sides = t('settings.keptSides', { count: now.gradings });
    return ` ${t('settings.keptNow', { bytes: bytes(now.bytes), sides })}`;
  };
  const changed = JSON.stringify(draft) !== JSON.stringify(settings);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (parsed.success) save.mutate(parsed.data);
  };
  const chosen = standards.find(({ id }) => id === draft.standard);
  return (
    <Panel title={t('settings.bench')}>
      <form className={styles.fields} onSubmit={onSubmit}>
        {mayWork ? null : <p className="tg-dim">{t('settings.readOnlyRole')}</p>}
        <Select
          label={t('settings.standard')}
          description={chosen ? t('settings.confidence', { name: chosen.name, confidence: chosen.confidence }) : null}
          inputWrapperOrder={['label', 'input', 'description']}
          disabled={!mayWork}
          value={draft.standard}
          onChange={(standard) => setDraft({ ...draft, standard: standard ?? draft.standard })}
          data={standards.map(({ id, name, version }) => ({
            value: id,
            label: t('grade.standardBy', { name, version }),
          }))}
        />
        <TextInput
          label={t('settings.operator')}
          description={t('settings.operatorHint')}
          inputWrapperOrder={['label', 'input', 'description']}
          disabled={!mayWork}
          maxLength={80}
          value={draft.operator}
          onChange={(event) => setDraft({ ...draft, operator: event.currentTarget.value })}
        />
        <NumberInput
          size="xs"
          label={t('settings.keepLogs')}
          suffix={` ${t('settings.keepLogsUnit')}`}
          disabled={!mayWork}
          min={1}
          max={3650}
          allowDecimal={false}
          value={draft.keepLogsDays}
          error={bad('keepLogsDays') ? t('settings.keepLogsBad') : null}
          onChange={(value) => setDraft({ ...draft, keepLogsDays: whole(value) })}
        />
        <NumberInput
          size="xs"
          label={t('settings.keepMaps')}
          suffix={` ${t('settings.keepLogsUnit')}`}
          description={`${t('settings.keepMapsHint')}${kept('maps')}`}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          disabled={!mayWork}
          min={1}
          max={3650}
          allowDecimal={false}
          value={draft.keepMapsDays}
          error={bad('keepMapsDays') ? t('settings.keepLogsBad') : null}
          onChange={(value) => setDraft({ ...draft, keepMapsDays: whole(value) })}
        />
        <NumberInput
          size="xs"
          label={t('settings.keepFrames')}
          suffix={` ${t('settings.keepLogsUnit')}`}
          description={`${t('settings.keepFramesHint')}${kept('frames')}`}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          disabled={!mayWork}
          min={0}
          max={3650}
          allowDecimal={false}
          value={draft.keepFramesDays}
          error={bad('keepFramesDays') ? t('settings.keepFramesBad') : null}
          onChange={(value) => setDraft({ ...draft, keepFramesDays: whole(value) })}
        />
        <Select
          size="xs"
          label={t('settings.compute')}
          description={t('settings.computeHint')}
          inputWrapperOrder={['label', 'input', 'description']}
          disabled={!mayWork}
          allowDeselect={false}
          value={draft.compute}
          onChange={(value) => setDraft({ ...draft, compute: computes.find((one) => one === value) ?? draft.compute })}
          data={computes.map((value) => ({ value, label: t(`settings.computes.${value}`) }))}
        />
        {save.error ? <ErrorNotice error={save.error} /> : null}
        <div>
          <Button type="submit" disabled={!mayWork || !valid || !changed} loading={save.isPending}>
            {t('actions.save')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
