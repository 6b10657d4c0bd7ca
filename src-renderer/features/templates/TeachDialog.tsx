/** Teaching a template from a result: look at outline and anchors, edit them, name the design, save. */
import { Button, Modal, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grading, View } from '../../../src-main/contract/gradings.ts';
import type { Teaching } from '../../../src-main/contract/templates.ts';
import { fixed } from '../../messages/format.ts';
import { api, core, queryClient } from '../../rpc/index.ts';
import { useSuspendedShortcuts } from '../../shortcuts/index.ts';
import { useMayWork } from '../../state/session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { AnchorEditor, type Place } from './AnchorEditor.tsx';
import { noteVersion } from './changes.tsx';
import { DesignFields, designOf, newDesign, saidOf } from './DesignFields.tsx';
import styles from './templates.module.css';

const fewest = 6;

/** The button in a result, and the dialog that it opens. */
export function TeachTemplate({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const [open, setOpen] = useState(false);
  useSuspendedShortcuts(open);
  const photo = grading.views.find((view) => view.name === 'photo');
  const scaled = grading.report.measurement?.pixelPitchMm != null;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        disabled={!mayWork || !photo || !scaled}
        title={scaled ? undefined : t('templates.teach.needsScale')}
        onClick={() => setOpen(true)}
      >
        {t('templates.teach.open')}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={t('templates.teach.title')} size="90rem">
        {photo ? <Teach grading={grading} photo={photo} onDone={() => setOpen(false)} /> : null}
      </Modal>
    </>
  );
}

interface TeachProps {
  readonly grading: Grading;
  readonly photo: View;
  readonly onDone: () => void;
}

function Teach({ grading, photo, onDone }: TeachProps) {
  const { t } = useTranslation();
  const [places, setPlaces] = useState<readonly Place[] | null>(null);
  const [selected, setSelected] = useState<number | null>(null);
  const gradingId = grading.summary.id;
  const query = useQuery(
    api.templates.anchors.queryOptions({
      input: { gradingId, places: places?.map(([x, y]): [number, number] => [x, y]) ?? null },
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
  );
  if (query.error && !query.data) return <ErrorNotice error={query.error} />;
  if (!query.data) return <Loading />;
  const answer = query.data;
  const bad = answer.anchors.filter((a) => a.problem !== null).length;
  const count = answer.anchors.length;
  const change = (next: readonly Place[]) => setPlaces(next);
  const current = answer.anchors.map(({ atMm }): Place => atMm);
  return (
    <div className={styles.teach}>
      <div>
        <h3>{t('templates.teach.step1')}</h3>
        <p className={styles.fine}>{t('templates.teach.step1Hint')}</p>
        <AnchorEditor photo={photo} answer={answer} selected={selected} onSelect={setSelected} onChange={change} />
      </div>
      <div className={styles.form}>
        <p className={styles.fine}>
          {t('templates.teach.outline', { width: fixed(answer.sizeMm[0], 2), height: fixed(answer.sizeMm[1], 2) })}
        </p>
        <p className={styles.fine} data-testid="anchor-count" aria-live="polite">
          {t('templates.teach.count', { count })}
        </p>
        {bad > 0 ? <p className={styles.problem}>{t('templates.teach.bad', { count: bad })}</p> : null}
        {count < fewest ? <p className={styles.problem}>{t('templates.teach.few')}</p> : null}
        <div className={styles.row}>
          <Button variant="default" size="compact-sm" onClick={() => change([...current, [0, 0]])}>
            {t('templates.teach.add')}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            disabled={selected === null}
            onClick={() => {
              change(current.filter((_, index) => index !== selected));
              setSelected(null);
            }}
          >
            {t('templates.teach.remove', { number: selected === null ? '' : selected + 1 })}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            disabled={places === null}
            onClick={() => {
              setPlaces(null);
              setSelected(null);
            }}
          >
            {t('templates.teach.reset')}
          </Button>
        </div>
        <Naming
          gradingId={gradingId}
          places={current}
          sound={bad === 0 && count >= fewest && !query.isFetching}
          onDone={onDone}
        />
      </div>
    </div>
  );
}

interface NamingProps {
  readonly gradingId: string;
  readonly places: readonly Place[];
  readonly sound: boolean;
  readonly onDone: () => void;
}

function Naming({ gradingId, places, sound, onDone }: NamingProps) {
  const { t } = useTranslation();
  const [design, setDesign] = useState(newDesign);
  const [versionOf, setVersionOf] = useState<string | null>(null);
  const known = useQuery(api.templates.list.queryOptions({ input: { archived: false } })).data ?? [];
  const save = useMutation({
    mutationFn: (teaching: Teaching) =>
      core.templates.teach({
        gradingId,
        teaching,
        versionOf,
        places: places.map(([x, y]): [number, number] => [x, y]),
      }),
    onSuccess: (made) => {
      void queryClient.invalidateQueries({ queryKey: api.templates.key() });
      const before = known.find(({ id }) => id === versionOf);
      if (before) noteVersion(made, before.version);
      else notifications.show({ message: t('templates.teach.saved', { name: made.name }) });
      onDone();
    },
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ ...saidOf(design), cardMm: null });
      }}
    >
      <h3>{t('templates.teach.step2')}</h3>
      {known.length > 0 ? (
        <Select
          label={t('templates.teach.keepAs')}
          data={[
            { value: '', label: t('templates.teach.asNew') },
            ...known.map(({ id, name }) => ({ value: id, label: t('templates.teach.asVersion', { name }) })),
          ]}
          value={versionOf ?? ''}
          onChange={(id) => {
            const chosen = known.find((item) => item.id === id);
            setVersionOf(chosen?.id ?? null);
            if (chosen) setDesign(designOf(chosen));
          }}
        />
      ) : null}
      <DesignFields design={design} onChange={setDesign} />
      {save.error ? <ErrorNotice error={save.error} /> : null}
      <div>
        <Button type="submit" disabled={!sound || design.name.trim() === ''} loading={save.isPending}>
          {t('templates.teach.save')}
        </Button>
      </div>
    </form>
  );
}
