/** What a person says of a design: name, set, how far off the example may be, nominal frame. */
import { NumberInput, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Margins, TemplateSummary } from '../../../src-main/contract/templates.ts';
import styles from './templates.module.css';

export interface Design {
  readonly name: string;
  readonly set: string;
  readonly exampleUncertaintyMm: number;
  readonly framed: boolean;
  readonly margins: Margins;
}

export const newDesign: Design = {
  ...{ name: '', set: '', exampleUncertaintyMm: 0.1, framed: false },
  margins: { left: 3, right: 3, top: 3, bottom: 3 },
};

export const designOf = ({ name, set, reference, marginsMm }: TemplateSummary): Design => ({
  ...{ name, set, framed: marginsMm !== null },
  exampleUncertaintyMm: Math.max(...reference.uncertaintyMm),
  margins: marginsMm ?? newDesign.margins,
});

/** As the core takes it. */
export const saidOf = ({ name, set, exampleUncertaintyMm, framed, margins }: Design) => ({
  ...{ name, set, exampleUncertaintyMm },
  marginsMm: framed ? { ...margins } : null,
});

const sideNames = ['left', 'right', 'top', 'bottom'] as const;

interface DesignFieldsProps {
  readonly design: Design;
  readonly onChange: (design: Design) => void;
  /** Where the example's place follows from measured borders, nobody states how far off it is. */
  readonly fixedReference?: boolean;
}

export function DesignFields({ design, onChange, fixedReference = false }: DesignFieldsProps) {
  const { t } = useTranslation();
  const set = (change: Partial<Design>) => onChange({ ...design, ...change });
  return (
    <>
      <TextInput
        label={t('templates.name')}
        required
        maxLength={80}
        value={design.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t('templates.set')}
        maxLength={80}
        value={design.set}
        onChange={(event) => set({ set: event.currentTarget.value })}
      />
      {fixedReference ? null : (
        <NumberInput
          label={t('templates.teach.uncertainty')}
          description={t('templates.teach.uncertaintyHint')}
          suffix=" mm"
          min={0}
          max={5}
          step={0.05}
          decimalScale={3}
          value={design.exampleUncertaintyMm}
          onChange={(value) => set({ exampleUncertaintyMm: Number(value) })}
        />
      )}
      <Switch
        label={t('templates.teach.hasMargins')}
        description={t('templates.teach.hasMarginsHint')}
        checked={design.framed}
        onChange={(event) => set({ framed: event.currentTarget.checked })}
      />
      {design.framed ? (
        <div className={styles.margins}>
          {sideNames.map((side) => (
            <NumberInput
              key={side}
              label={t(`templates.teach.margin.${side}`)}
              suffix=" mm"
              min={0}
              max={40}
              step={0.1}
              decimalScale={3}
              value={design.margins[side]}
              onChange={(value) => set({ margins: { ...design.margins, [side]: Number(value) } })}
            />
          ))}
        </div>
      ) : null}
    </>
  );
}
