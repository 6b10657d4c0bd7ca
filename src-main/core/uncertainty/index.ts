/** The uncertainty budget's stated assumptions, and the terms of it that hold for a capture. */
import { z } from 'zod';
import assumptionsFile from '../../../assets/uncertainty/assumptions.json' with { type: 'json' };

const settingNames = ['temperatureRangeK', 'humidityRangePct', 'edgeDefinitionUm'] as const;
export type AssumptionSetting = (typeof settingNames)[number];
/** What a person may state of the room and the cards; what is left out keeps the file's value. */
export type AssumptionSettings = Readonly<Partial<Record<AssumptionSetting, number>>>;

const termSchema = z.object({
  id: z.string(),
  when: z.enum(['always', 'calibrated']),
  setting: z.enum(settingNames).optional(),
  halfWidth: z.number().nonnegative(),
  unit: z.enum(['px', 'mm', 'relative']),
  distribution: z.enum(['normal', 'rectangular', 'triangular', 'uShaped']),
  coverage: z.number().positive().optional(),
  sensitivity: z.number().optional(),
  group: z.enum(['instrument', 'part', 'measurand']),
  basis: z.string(),
});
const fileSchema = z.object({
  schema: z.literal('trugrade.uncertainty/1'),
  version: z.string(),
  note: z.string(),
  terms: z.array(termSchema),
});
export const assumptions = fileSchema.parse(assumptionsFile);

/** A value that a calibration record states for a term of the same name. */
export interface CalibratedValue {
  readonly halfWidth: number;
  readonly unit?: 'px' | 'mm' | 'relative';
  readonly distribution?: 'normal' | 'rectangular' | 'triangular' | 'uShaped';
  /** Coverage factor of a normal distribution's expanded value. */
  readonly coverage?: number;
  readonly freedom?: number;
  /** Why this number, in words. */
  readonly basis: string;
}

/** What a calibration record contributes, by the name of the term. */
export type CalibratedValues = Readonly<Record<string, CalibratedValue>>;

/** A term as the native core takes it. */
export interface BudgetTerm {
  readonly id: string;
  readonly halfWidth: number;
  readonly unit: 'px' | 'mm' | 'relative';
  readonly distribution: 'normal' | 'rectangular' | 'triangular' | 'uShaped';
  readonly coverage?: number;
  readonly sensitivity?: number;
  readonly freedom?: number;
  readonly source: 'calibration' | 'assumption';
  readonly group: 'instrument' | 'part' | 'measurand';
}

export interface BudgetTerms {
  readonly version: string;
  readonly terms: readonly BudgetTerm[];
  /** Why each number, by the term's name. */
  readonly basis: Readonly<Record<string, string>>;
  /** Terms that are missing without a calibration record. */
  readonly absent: readonly string[];
}

/**
 * The terms that hold: without a calibration record those of the estimator alone, so that U is repeatability; with one
 * all of them, the record's value in place of the assumption wherever it states one.
 */
export function budgetTerms(calibrated: CalibratedValues | null, settings: AssumptionSettings = {}): BudgetTerms {
  const kept = assumptions.terms.filter(({ when }) => when === 'always' || calibrated !== null);
  const stated = kept.map((term) => ({ term, record: calibrated?.[term.id] }));
  return {
    version: assumptions.version,
    terms: stated.map(({ term, record }) => ({
      id: term.id,
      halfWidth: record?.halfWidth ?? (term.setting && settings[term.setting]) ?? term.halfWidth,
      unit: record?.unit ?? term.unit,
      distribution: record?.distribution ?? term.distribution,
      ...optional('coverage', record ? record.coverage : term.coverage),
      // A record states what it does to a width itself.
      ...optional('sensitivity', record ? undefined : term.sensitivity),
      ...optional('freedom', record?.freedom),
      source: record ? 'calibration' : 'assumption',
      group: term.group,
    })),
    basis: Object.fromEntries(stated.map(({ term, record }) => [term.id, record?.basis ?? term.basis])),
    absent: assumptions.terms.filter((term) => !kept.includes(term)).map(({ id }) => id),
  };
}

function optional<Key extends string>(key: Key, value: number | undefined): { readonly [K in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: number });
}
