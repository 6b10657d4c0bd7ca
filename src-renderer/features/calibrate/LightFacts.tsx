/** What is known of the targets and the bench: balls and their size, the camera's height, how far the plane was raised. */
import { NativeSelect, NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LightRequest } from '../../../src-main/contract/light-records.ts';
import { lightMethodNames } from '../../../src-main/contract/lights.ts';
import styles from './calibrate.module.css';

export type Facts = Pick<LightRequest, 'balls' | 'ballMm' | 'cameraMm' | 'raisedMm' | 'use'>;

/** Height of the simulated rig's camera, mm. */
const simulatedCameraMm = 400;

export const factsOf = (simulated: boolean): Facts => ({
  ...{ balls: 1, ballMm: null, raisedMm: null, use: null },
  cameraMm: simulated ? simulatedCameraMm : null,
});

const asNumber = (value: number | string) => (typeof value === 'number' ? value : null);

interface LightFactsProps {
  readonly facts: Facts;
  readonly onChange: (facts: Facts) => void;
}

export function LightFacts({ facts, onChange }: LightFactsProps) {
  const { t } = useTranslation();
  const set = (change: Partial<Facts>) => onChange({ ...facts, ...change });
  return (
    <div className={styles.fields}>
      <NumberInput
        size="xs"
        label={t('calibrate.lights.balls')}
        min={1}
        max={16}
        allowDecimal={false}
        value={facts.balls}
        onChange={(value) => set({ balls: Number(value) || 1 })}
      />
      <NumberInput
        size="xs"
        label={t('calibrate.lights.ballMm')}
        suffix=" mm"
        min={0.1}
        max={1000}
        value={facts.ballMm ?? ''}
        onChange={(value) => set({ ballMm: asNumber(value) })}
      />
      <NumberInput
        size="xs"
        label={t('calibrate.lights.cameraMm')}
        suffix=" mm"
        min={1}
        value={facts.cameraMm ?? ''}
        onChange={(value) => set({ cameraMm: asNumber(value) })}
      />
      <NumberInput
        size="xs"
        label={t('calibrate.lights.raisedMm')}
        suffix=" mm"
        min={-100}
        max={500}
        value={facts.raisedMm ?? ''}
        onChange={(value) => set({ raisedMm: asNumber(value) })}
      />
      <NativeSelect
        size="xs"
        label={t('calibrate.lights.use')}
        value={facts.use ?? ''}
        data={[
          { value: '', label: t('calibrate.lights.best') },
          ...lightMethodNames.map((name) => ({ value: name, label: t(`calibrate.lights.methods.${name}`) })),
        ]}
        onChange={(event) => set({ use: lightMethodNames.find((name) => name === event.currentTarget.value) ?? null })}
      />
    </div>
  );
}
