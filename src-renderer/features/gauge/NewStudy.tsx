/** The plan of a new study: what is measured by whom, how often, from where. */
import { Button, NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { StudyRequest } from '../../../src-main/contract/studies.ts';
import { t } from '../../messages/index.ts';
import { api } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel, Screen } from '../../ui/Screen.tsx';
import styles from './gauge.module.css';
import { lines, positive } from './numbers.ts';
import { keepStudy } from './useStudy.ts';

type Kind = StudyRequest['kind'];
const groups = ['width', 'centering', 'size'] as const;
const kinds: readonly Kind[] = ['grr', 'type1'];
const noRig = 'files';

interface Draft {
  readonly kind: Kind;
  readonly name: string;
  readonly rig: string | null;
  readonly parts: string;
  readonly operators: string;
  readonly trials: number;
  readonly replace: boolean;
  readonly tolerances: Readonly<Record<(typeof groups)[number], string>>;
  readonly reference: string;
  readonly conditions: string;
}

const named = (count: number, name: (number: number) => string) =>
  Array.from({ length: count }, (_, i) => name(i + 1)).join('\n');
const cards = (count: number) => named(count, (number) => t('gauge.plan.cardName', { number }));
const people = (count: number) => named(count, (number) => t('gauge.plan.operatorName', { number }));

const fresh = (): Draft => ({
  ...{ kind: 'grr', name: t('gauge.plan.defaultName'), rig: null, parts: cards(10), operators: people(3), trials: 3 },
  ...{ replace: true, tolerances: { width: '0.3', centering: '10', size: '0.4' }, reference: '', conditions: '' },
});

/** A study of the other kind begins with that kind's usual size. */
const ofKind = (draft: Draft, kind: Kind): Draft => ({
  ...draft,
  kind,
  parts: cards(kind === 'grr' ? 10 : 1),
  operators: people(kind === 'grr' ? 3 : 1),
  trials: kind === 'grr' ? 3 : 50,
  replace: kind === 'grr',
});

const stations = { left: 7, right: 7, top: 5, bottom: 5 } as const;

/** One true width for every border and every side's mean. */
function referencesOf(width: number | null): Record<string, number> {
  if (width === null) return {};
  const keys = Object.entries(stations).flatMap(([side, count]) => [
    `${side}.mean`,
    ...Array.from({ length: count }, (_, i) => `${side}.${i + 1}`),
  ]);
  return Object.fromEntries(keys.map((key) => [key, width]));
}

/** The request of a draft; undefined while a number cannot be read. */
function requestOf(draft: Draft, rigId: string | null): StudyRequest | undefined {
  const [width, centering, size, reference] = [...groups.map((g) => draft.tolerances[g]), draft.reference].map(
    positive,
  );
  if (width === undefined || centering === undefined || size === undefined || reference === undefined) return undefined;
  const { kind, name, trials, conditions } = draft;
  return {
    ...{ kind, name, trials, conditions, rigId },
    parts: [...lines(draft.parts)],
    operators: [...lines(draft.operators)],
    replace: kind === 'grr' || draft.replace,
    tolerances: { width, centering, size, column: null },
    references: kind === 'type1' ? referencesOf(reference) : {},
  };
}

export function NewStudy() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState(fresh);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const rigs = useQuery(api.rigs.list.queryOptions()).data ?? [];
  const rig = draft.rig ?? rigs[0]?.id ?? noRig;
  const request = requestOf(draft, rig === noRig ? null : rig);
  const create = useMutation(
    api.studies.create.mutationOptions({
      onSuccess: (study) => {
        keepStudy(study);
        navigate(`/gauge/${encodeURIComponent(study.summary.id)}`);
      },
    }),
  );
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (request) create.mutate(request);
  };
  const count = lines(draft.parts).length * lines(draft.operators).length * draft.trials;
  return (
    <Screen title={t('gauge.plan.title')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.body} tabIndex={0} aria-label={t('gauge.plan.title')}>
        <form className={styles.form} onSubmit={onSubmit}>
          <Panel
            title={t(`gauge.kinds.${draft.kind}`)}
            note={t(draft.kind === 'grr' ? 'gauge.plan.about' : 'gauge.plan.type1About')}
          >
            <div className={styles.fields}>
              <SegmentedControl
                aria-label={t('gauge.kind')}
                value={draft.kind}
                onChange={(kind) => setDraft(ofKind(draft, kind))}
                data={kinds.map((value) => ({ value, label: t(`gauge.kinds.${value}`) }))}
              />
              <TextInput
                label={t('gauge.plan.name')}
                required
                maxLength={80}
                value={draft.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
              <Select
                label={t('gauge.plan.source')}
                value={rig}
                onChange={(value) => change({ rig: value })}
                data={[
                  ...rigs.map(({ id, name }) => ({ value: id, label: name })),
                  { value: noRig, label: t('gauge.plan.files') },
                ]}
              />
              <People draft={draft} change={change} />
              <Limits draft={draft} change={change} />
              <Textarea
                size="xs"
                label={t('gauge.plan.conditions')}
                description={t('gauge.plan.conditionsHint')}
                inputWrapperOrder={['label', 'input', 'description']}
                maxLength={2000}
                autosize
                minRows={2}
                value={draft.conditions}
                onChange={(event) => change({ conditions: event.currentTarget.value })}
              />
              {create.error ? <ErrorNotice error={create.error} /> : null}
              <div className={styles.row}>
                <Button type="submit" disabled={!request || count === 0} loading={create.isPending}>
                  {t('gauge.plan.start')}
                </Button>
                <span className="tg-dim">{t('gauge.plan.count', { count })}</span>
              </div>
            </div>
          </Panel>
        </form>
      </section>
    </Screen>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

function People({ draft, change }: PartProps) {
  const { t } = useTranslation();
  const several = draft.kind === 'grr';
  const field = (key: 'parts' | 'operators', label: string) => (
    <Textarea
      size="xs"
      label={label}
      required
      autosize
      minRows={several ? 4 : 1}
      maxRows={12}
      value={draft[key]}
      onChange={(event) => change({ [key]: event.currentTarget.value })}
    />
  );
  return (
    <>
      <div className={styles.columns}>
        {field('parts', t(several ? 'gauge.plan.cards' : 'gauge.plan.card'))}
        {field('operators', t(several ? 'gauge.plan.operators' : 'gauge.plan.operator'))}
        <NumberInput
          size="xs"
          label={t(several ? 'gauge.plan.trials' : 'gauge.plan.measurements')}
          min={several ? 2 : 10}
          max={several ? 10 : 200}
          allowDecimal={false}
          value={draft.trials}
          onChange={(value) => change({ trials: Number(value) || 0 })}
        />
      </div>
      {several ? null : (
        <Switch
          label={t('gauge.plan.replace')}
          description={t('gauge.plan.replaceHint')}
          checked={draft.replace}
          onChange={(event) => change({ replace: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function Limits({ draft, change }: PartProps) {
  const { t } = useTranslation();
  const wrong = (text: string) => (positive(text) === undefined ? t('gauge.plan.bad') : null);
  return (
    <>
      <fieldset className={styles.group}>
        <legend>{t('gauge.plan.tolerances')}</legend>
        <div className={styles.columns}>
          {groups.map((group) => (
            <TextInput
              key={group}
              label={`${t(`gauge.plan.tolerance.${group}`)} (${t(`gauge.plan.units.${group}`)})`}
              inputMode="decimal"
              value={draft.tolerances[group]}
              error={wrong(draft.tolerances[group])}
              onChange={(event) => change({ tolerances: { ...draft.tolerances, [group]: event.currentTarget.value } })}
            />
          ))}
        </div>
      </fieldset>
      {draft.kind === 'type1' ? (
        <TextInput
          label={`${t('gauge.plan.reference')} (${t('gauge.plan.units.width')})`}
          description={t('gauge.plan.referenceHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          inputMode="decimal"
          value={draft.reference}
          error={wrong(draft.reference)}
          onChange={(event) => change({ reference: event.currentTarget.value })}
        />
      ) : null}
    </>
  );
}
