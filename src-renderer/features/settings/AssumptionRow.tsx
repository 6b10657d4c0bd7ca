/** One assumption: value with its unit, distribution, coefficient where it has one, source, and the way back. */
import { ActionIcon, NumberInput, Select, TextInput } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import {
  type Assumption,
  type AssumptionValue,
  assumptionValueSchema,
} from '../../../src-main/contract/uncertainty.ts';
import { budgetComponent } from '../../messages/names.ts';
import { halfWidthUnit, sensitivityUnit, tidy } from './assumptionUnits.ts';
import styles from './settings.module.css';

const distributions = ['rectangular', 'normal', 'triangular', 'uShaped'] as const;

interface AssumptionRowProps {
  readonly term: Assumption;
  readonly value: AssumptionValue;
  readonly disabled: boolean;
  readonly onChange: (value: AssumptionValue) => void;
}

export function AssumptionRow({ term, value, disabled, onChange }: AssumptionRowProps) {
  const { t } = useTranslation();
  const name = budgetComponent(term.id);
  const half = halfWidthUnit(term);
  const per = sensitivityUnit(term);
  const altered = JSON.stringify(value) !== JSON.stringify(term.builtIn);
  const bad = assumptionValueSchema.safeParse(value).error?.issues[0]?.path[0];
  const number = (text: number | string) => (typeof text === 'number' ? text : Number.NaN);
  return (
    <fieldset
      className={styles.assumption}
      data-changed={altered ? '' : undefined}
      data-testid={`assumption-${term.id}`}
    >
      <legend>{name}</legend>
      <NumberInput
        size="xs"
        label={t(value.distribution === 'normal' ? 'settings.assumptions.expanded' : 'settings.assumptions.halfWidth')}
        suffix={` ${half.unit}`}
        min={0}
        decimalScale={9}
        disabled={disabled}
        value={Number.isNaN(value.halfWidth) ? '' : tidy(value.halfWidth * half.factor)}
        error={bad === 'halfWidth' ? t('settings.assumptions.badNumber') : null}
        onChange={(text) => onChange({ ...value, halfWidth: tidy(number(text) / half.factor) })}
      />
      <Select
        label={t('settings.assumptions.distribution')}
        disabled={disabled}
        value={value.distribution}
        data={distributions.map((d) => ({ value: d, label: t(`settings.assumptions.distributions.${d}`) }))}
        onChange={(chosen) =>
          onChange({ ...value, distribution: distributions.find((d) => d === chosen) ?? value.distribution })
        }
      />
      {per && value.sensitivity !== null ? (
        <NumberInput
          size="xs"
          label={t('settings.assumptions.coefficient')}
          suffix={` ${per.unit}`}
          decimalScale={9}
          disabled={disabled}
          value={Number.isNaN(value.sensitivity) ? '' : tidy(value.sensitivity * per.factor)}
          error={bad === 'sensitivity' ? t('settings.assumptions.badNumber') : null}
          onChange={(text) => onChange({ ...value, sensitivity: tidy(number(text) / per.factor) })}
        />
      ) : null}
      <TextInput
        className={styles.basis ?? ''}
        label={t('settings.assumptions.basis')}
        disabled={disabled}
        maxLength={300}
        value={value.basis}
        error={bad === 'basis' ? t('settings.assumptions.badBasis') : null}
        onChange={(event) => onChange({ ...value, basis: event.currentTarget.value })}
      />
      <ActionIcon
        className={styles.reset ?? ''}
        variant="default"
        disabled={disabled || !altered}
        aria-label={t('settings.assumptions.reset', { name })}
        title={t('settings.assumptions.reset', { name })}
        onClick={() => onChange(term.builtIn)}
      >
        <IconRestore size={16} aria-hidden />
      </ActionIcon>
    </fieldset>
  );
}
