/** Units in which people state assumptions: small numbers of mm and shares become micrometres and parts in a million. */
import type { Assumption } from '../../../src-main/contract/uncertainty.ts';

export interface StatedUnit {
  readonly unit: string;
  /** Stated value of one unit of the budget. */
  readonly factor: number;
}

export function halfWidthUnit({ unit, statedIn }: Pick<Assumption, 'unit' | 'statedIn'>): StatedUnit {
  if (statedIn !== null) return { unit: statedIn === 'um' ? 'µm' : statedIn, factor: 1 };
  if (unit === 'mm') return { unit: 'µm', factor: 1000 };
  return unit === 'relative' ? { unit: 'µm/m', factor: 1e6 } : { unit: 'px', factor: 1 };
}

/** Of the coefficients that people state; null where the sensitivity is only the change of a unit or pure geometry. */
export function sensitivityUnit({ unit, statedIn }: Pick<Assumption, 'unit' | 'statedIn'>): StatedUnit | null {
  return unit === 'relative' && (statedIn === 'K' || statedIn === '%')
    ? { unit: `µm/m/${statedIn}`, factor: 1e6 }
    : null;
}

/** Without the dust of binary fractions: 0.0005 x 1000 is 0.5. */
export const tidy = (value: number): number => Number(value.toPrecision(9));
