/** The stated assumptions of the uncertainty budget: looked at, changed with a source, set back to what is built in. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../src-main/contract/system.ts';
import {
  type Assumption,
  type AssumptionChanges,
  type Assumptions,
  type AssumptionValue,
  assumptionChangesSchema,
} from '../../../src-main/contract/uncertainty.ts';
import { api } from '../../rpc/index.ts';
import { useViewedRole } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { AssumptionRow } from './AssumptionRow.tsx';
import styles from './settings.module.css';
import { useMeasuring } from './useMeasuring.tsx';

export function AssumptionsPanel({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation();
  const assumptions = useQuery(api.settings.assumptions.queryOptions());
  return (
    <Panel title={t('settings.assumptions.title')} note={t('settings.assumptions.about')}>
      {assumptions.isPending ? <Loading /> : null}
      {assumptions.error ? <ErrorNotice error={assumptions.error} onRetry={() => void assumptions.refetch()} /> : null}
      {assumptions.data ? (
        <Form key={assumptions.data.version} assumptions={assumptions.data} settings={settings} />
      ) : null}
    </Panel>
  );
}

interface FormProps {
  readonly assumptions: Assumptions;
  readonly settings: Settings;
}

const groups = ['part', 'measurand', 'instrument'] as const;
const same = (a: AssumptionValue, b: AssumptionValue) => JSON.stringify(a) === JSON.stringify(b);

function Form({ assumptions, settings }: FormProps) {
  const { t } = useTranslation();
  const engineer = useViewedRole() === 'engineer';
  const [draft, setDraft] = useState<AssumptionChanges>({});
  const save = useMeasuring(settings);
  const current = (term: Assumption) => draft[term.id] ?? term.value;
  const changed = assumptions.terms.filter((term) => !same(current(term), term.value));
  const altered = assumptions.terms.filter((term) => !same(current(term), term.builtIn));
  const next = Object.fromEntries(altered.map((term) => [term.id, current(term)]));
  const valid = assumptionChangesSchema.safeParse(next).success;
  const set = (id: string, value: AssumptionValue) => setDraft({ ...draft, [id]: value });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (valid) save.mutate({ assumptions: next });
  };
  const resetAll = () => setDraft(Object.fromEntries(assumptions.terms.map((term) => [term.id, term.builtIn])));
  return (
    <form className={styles.fields} onSubmit={onSubmit}>
      {engineer ? null : <p className="tg-dim">{t('settings.engineersOnly')}</p>}
      <p className="tg-dim">{t('settings.assumptions.version', { version: assumptions.version })}</p>
      {groups.map((group) => (
        <section key={group} className={styles.group} aria-label={t(`settings.assumptions.groups.${group}`)}>
          <h3>{t(`settings.assumptions.groups.${group}`)}</h3>
          {assumptions.terms
            .filter((term) => term.group === group)
            .map((term) => (
              <AssumptionRow
                key={term.id}
                term={term}
                value={current(term)}
                disabled={!engineer}
                onChange={(value) => set(term.id, value)}
              />
            ))}
        </section>
      ))}
      {save.error ? <ErrorNotice error={save.error} /> : null}
      <div className={styles.buttons}>
        <Button type="submit" disabled={!engineer || !valid || changed.length === 0} loading={save.isPending}>
          {t('settings.assumptions.save')}
        </Button>
        <Button variant="default" disabled={!engineer || altered.length === 0} onClick={resetAll}>
          {t('settings.assumptions.resetAll')}
        </Button>
        {changed.length > 0 ? (
          <span className="tg-dim" aria-live="polite">
            {t('settings.assumptions.unsaved', { count: changed.length })}
          </span>
        ) : null}
      </div>
    </form>
  );
}
