/** Two choices above the list of findings: kind, and whether they cost the grade anything. */
import { Group, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DefectKind } from '../../../src-main/contract/report.ts';
import { type CostChoice, costChoices, type FindingsFilter } from './findingsFilter.ts';

interface Props {
  readonly filter: FindingsFilter;
  readonly kinds: readonly DefectKind[];
  readonly onChange: (filter: FindingsFilter) => void;
}

export function FindingsFilterBar({ filter, kinds, onChange }: Props) {
  const { t } = useTranslation();
  const kindChoices = [
    { value: 'all', label: t('result.defects.filter.allKinds') },
    ...kinds.map((kind) => ({ value: kind, label: t(`defects.${kind}`) })),
  ];
  const chosenKind = (value: string) => kinds.find((kind) => kind === value) ?? 'all';
  const chosenCost = (value: string): CostChoice => costChoices.find((choice) => choice === value) ?? 'all';
  return (
    <Group gap="xs" mb="xs">
      <NativeSelect
        size="xs"
        aria-label={t('result.defects.filter.kind')}
        data={kindChoices}
        value={filter.kind}
        onChange={(event) => onChange({ ...filter, kind: chosenKind(event.currentTarget.value) })}
      />
      <NativeSelect
        size="xs"
        aria-label={t('result.defects.filter.cost')}
        data={costChoices.map((value) => ({ value, label: t(`result.defects.filter.${value}`) }))}
        value={filter.cost}
        onChange={(event) => onChange({ ...filter, cost: chosenCost(event.currentTarget.value) })}
      />
    </Group>
  );
}
