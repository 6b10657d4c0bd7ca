/** The rig as a source: its state, and which sample card the simulated one holds. */
import { NumberInput, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Rig } from '../../../src-main/contract/system.ts';
import { fixed } from '../../messages/format.ts';
import { setPreferences, usePreferences } from '../../state/preferences.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { SimulatedBadge } from '../../ui/SimulatedBadge.tsx';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import styles from './grade.module.css';
import { useRigs } from './useRig.ts';

const tones: Record<Rig['state'], Tone> = { connected: 'pass', busy: 'active', offline: 'fail' };

export function RigSource({ rig }: { readonly rig: Rig | undefined }) {
  const { t } = useTranslation();
  const { data: rigs, isPending } = useRigs();
  const sample = usePreferences((state) => state.sample);
  if (!rig) return isPending ? null : <EmptyState title={t('grade.rig.none')} body={t('grade.rig.noneNext')} />;
  return (
    <section className={styles.rig} aria-label={t('grade.source.rig')}>
      <div className={styles.rigHead}>
        <strong>{rig.name}</strong>
        {rig.simulated ? <SimulatedBadge /> : null}
        <StatusMark tone={tones[rig.state]}>{t(`rigStates.${rig.state}`)}</StatusMark>
        <span className="tg-dim">
          {t('grade.rig.lights', { count: rig.lights })} · {fixed(rig.pixelPitchMm, 4)} {t('result.size.pitchUnit')}
        </span>
      </div>
      {rig.state === 'offline' ? <p>{t('grade.rig.offlineNext')}</p> : null}
      {rigs && rigs.length > 1 ? (
        <Select
          label={t('grade.rig.choose')}
          value={rig.id}
          data={rigs.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(rigId) => setPreferences({ rigId })}
        />
      ) : null}
      {rig.simulated ? (
        <NumberInput
          size="xs"
          className={styles.sample ?? ''}
          label={t('grade.rig.sample')}
          description={t('grade.rig.sampleHint')}
          inputWrapperOrder={['label', 'input', 'description']}
          min={0}
          max={1_000_000}
          allowDecimal={false}
          value={sample}
          onChange={(value) => {
            if (typeof value === 'number') setPreferences({ sample: value });
          }}
        />
      ) : (
        <p>{t('grade.rig.place')}</p>
      )}
    </section>
  );
}
