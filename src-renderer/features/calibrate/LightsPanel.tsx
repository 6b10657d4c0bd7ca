/** Finding the lights: pictures of targets, what is known of them, the work with progress and cancel, and what came out. */
import { Button, NativeSelect, Progress, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LightTarget, lightTargetNames } from '../../../src-main/contract/light-records.ts';
import { api, core, queryClient, uploadFiles } from '../../rpc/index.ts';
import { isOver, rememberJob, useJob } from '../../state/jobs.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import styles from './calibrate.module.css';
import { type Facts, factsOf, LightFacts } from './LightFacts.tsx';
import { LightResult } from './LightResult.tsx';
import { type Chosen, TargetChooser } from './TargetChooser.tsx';

const none: Readonly<Record<LightTarget, Chosen>> = { mirror: null, matte: null, flats: null, flatsRaised: null };
export const refreshLights = () => queryClient.invalidateQueries({ queryKey: api.lights.key() });

export function LightsPanel() {
  const { t } = useTranslation();
  const rigs = useQuery(api.rigs.list.queryOptions()).data ?? [];
  const draft = useQuery(api.lights.draft.queryOptions());
  const [rigId, setRigId] = useState<string | null>(null);
  const rig = rigs.find(({ id }) => id === rigId) ?? rigs[0];
  const [targets, setTargets] = useState(none);
  const [typed, setFacts] = useState<Facts | null>(null);
  const facts = typed ?? factsOf(rig?.simulated ?? false);
  const find = useMutation({
    mutationFn: async () => {
      const sources = await Promise.all(
        lightTargetNames.map(async (name) => [name, await sent(targets[name])] as const),
      );
      return core.lights.find({ rigId: rig?.id ?? '', ...Object.fromEntries(sources), ...facts });
    },
    onSuccess: rememberJob,
  });
  const job = useJob(find.data?.id);
  const running = find.isPending || (find.data !== undefined && !isOver(job));
  const ended = job !== undefined && isOver(job);
  useEffect(() => {
    if (ended) void refreshLights();
  }, [ended]);
  const any = lightTargetNames.some((name) => targets[name] !== null);
  const problem = find.error ?? (job?.state === 'failed' ? job.error : null) ?? draft.error;
  return (
    <Panel title={t('calibrate.lights.title')} note={t('calibrate.lights.about')}>
      {rigs.length > 1 ? (
        <NativeSelect
          label={t('calibrate.begin.rig')}
          value={rig?.id ?? ''}
          data={rigs.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => setRigId(event.currentTarget.value)}
        />
      ) : null}
      {rig?.simulated ? (
        <div>
          <SimulatedBadge />
        </div>
      ) : null}
      <ul className={styles.steps}>
        {lightTargetNames.map((name) => (
          <TargetChooser
            key={name}
            target={name}
            chosen={targets[name]}
            disabled={running}
            onChange={(chosen) => setTargets({ ...targets, [name]: chosen })}
          />
        ))}
      </ul>
      <LightFacts facts={facts} onChange={setFacts} />
      <div className={styles.row}>
        <Button disabled={!any || !rig} loading={running} onClick={() => find.mutate()}>
          {t('calibrate.lights.find')}
        </Button>
        {any ? null : <span className="tg-dim">{t('calibrate.lights.needTarget')}</span>}
        {running && job ? (
          <>
            <Progress className={styles.grow} value={100 * job.progress} aria-label={t('calibrate.lights.finding')} />
            <Button variant="default" onClick={() => void core.jobs.cancel({ id: job.id })}>
              {t('actions.cancel')}
            </Button>
          </>
        ) : null}
      </div>
      {problem ? <ErrorNotice error={problem} /> : null}
      {draft.data ? (
        <>
          <LightResult found={draft.data.found} />
          <Accept />
        </>
      ) : null}
    </Panel>
  );
}

async function sent(chosen: Chosen) {
  if (chosen === null) return null;
  if (chosen === 'rig') return { kind: 'rig' as const };
  const uploadId = await uploadFiles(chosen, () => undefined, AbortSignal.timeout(600_000));
  return { kind: 'upload' as const, uploadId };
}

function Accept() {
  const { t } = useTranslation();
  const [name, setName] = useState<string>(() =>
    t('calibrate.lights.usualName', { date: new Date().toISOString().slice(0, 10) }),
  );
  const accept = useMutation({ mutationFn: () => core.lights.accept({ name }), onSettled: refreshLights });
  const discard = useMutation({ mutationFn: () => core.lights.discard(), onSettled: refreshLights });
  return (
    <form
      className={styles.row}
      onSubmit={(event) => {
        event.preventDefault();
        accept.mutate();
      }}
    >
      <TextInput
        label={t('calibrate.accept.name')}
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" disabled={name.trim() === ''} loading={accept.isPending}>
        {t('calibrate.accept.accept')}
      </Button>
      <Button variant="default" loading={discard.isPending} onClick={() => discard.mutate()}>
        {t('calibrate.lights.discard')}
      </Button>
      {accept.error || discard.error ? <ErrorNotice error={accept.error ?? discard.error} /> : null}
    </form>
  );
}
