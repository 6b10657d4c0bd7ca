/** The uncertainty budget's stated assumptions, and the terms of it that hold for a capture. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import assumptionsFile from '../../../assets/uncertainty/assumptions.json' with { type: 'json' };
import {
  type AssumptionChanges,
  type Assumptions,
  type AssumptionValue,
  budgetDistributionSchema,
  budgetGroupSchema,
  budgetUnitSchema,
  statedUnitSchema,
} from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';

const termSchema = z.object({
  id: z.string(),
  when: z.enum(['always', 'calibrated']),
  statedIn: statedUnitSchema.optional(),
  halfWidth: z.number().nonnegative(),
  unit: budgetUnitSchema,
  distribution: budgetDistributionSchema,
  coverage: z.number().positive().optional(),
  sensitivity: z.number().optional(),
  group: budgetGroupSchema,
  basis: z.string(),
});
type Term = z.infer<typeof termSchema>;
const fileSchema = z.object({
  schema: z.literal('trugrade.uncertainty/1'),
  version: z.string(),
  note: z.string(),
  terms: z.array(termSchema),
});

export { radiometricValue } from './radiometric.ts';
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

const builtInOf = ({ halfWidth, sensitivity, distribution, basis }: Term): AssumptionValue => ({
  ...{ halfWidth, distribution, basis },
  sensitivity: sensitivity ?? null,
});

/** The file's version, and a checksum of what a person changed. */
const versionWith = (changes: AssumptionChanges): string => {
  const named = Object.entries(changes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return named.length === 0
    ? assumptions.version
    : `${assumptions.version}, changed ${hash('sha256', JSON.stringify(named), 'hex').slice(0, 8)}`;
};

/** What is in force beside what is built in, for people. */
export function assumptionsInForce(changes: AssumptionChanges): Assumptions {
  return {
    version: versionWith(changes),
    note: assumptions.note,
    terms: assumptions.terms.map((term) => ({
      ...{ id: term.id, when: term.when, unit: term.unit, group: term.group },
      statedIn: term.statedIn ?? null,
      coverage: term.coverage ?? null,
      value: changes[term.id] ?? builtInOf(term),
      builtIn: builtInOf(term),
    })),
  };
}

/**
 * Changes that say something: those that are as built in are left out.
 * @throws AppError `value.invalid` for a term that does not exist, or a sensitivity where there is none
 */
export function soundChanges(changes: AssumptionChanges): AssumptionChanges {
  const kept: Record<string, AssumptionValue> = {};
  for (const [id, value] of Object.entries(changes)) {
    const term = assumptions.terms.find((t) => t.id === id);
    if (!term)
      throw refuse('value.invalid', `the budget has no component "${id}"`, 'change one of those that are listed', {
        field: `assumptions.${id}`,
      });
    if ((value.sensitivity === null) !== (term.sensitivity === undefined))
      throw refuse(
        'value.invalid',
        `"${id}" is stated with${term.sensitivity === undefined ? 'out' : ''} a sensitivity`,
        'give the value in its own unit',
        {
          field: `assumptions.${id}.sensitivity`,
        },
      );
    if (JSON.stringify(inOrder(value)) !== JSON.stringify(inOrder(builtInOf(term)))) kept[id] = value;
  }
  return kept;
}

const inOrder = ({ halfWidth, sensitivity, distribution, basis }: AssumptionValue) => [
  ...[halfWidth, sensitivity, distribution, basis],
];

/**
 * The terms that hold: without a calibration record those of the estimator alone, so that U is repeatability; with one
 * all of them, the record's value in place of the assumption wherever it states one.
 * @param changes what a person stated instead of the built-in assumptions
 */
export function budgetTerms(calibrated: CalibratedValues | null, changes: AssumptionChanges = {}): BudgetTerms {
  const kept = assumptions.terms.filter(({ when }) => when === 'always' || calibrated !== null);
  const stated = kept.map((term) => ({ term, said: changes[term.id], record: calibrated?.[term.id] }));
  return {
    version: versionWith(changes),
    terms: stated.map(({ term, said, record }) => ({
      id: term.id,
      halfWidth: record?.halfWidth ?? said?.halfWidth ?? term.halfWidth,
      unit: record?.unit ?? term.unit,
      distribution: record?.distribution ?? said?.distribution ?? term.distribution,
      ...optional('coverage', record ? record.coverage : coverageOf(term, said)),
      // A record states what it does to a width itself.
      ...optional('sensitivity', record ? undefined : (said?.sensitivity ?? term.sensitivity)),
      ...optional('freedom', record?.freedom),
      source: record ? 'calibration' : 'assumption',
      group: term.group,
    })),
    basis: Object.fromEntries(
      stated.map(({ term, said, record }) => [term.id, record?.basis ?? said?.basis ?? term.basis]),
    ),
    absent: assumptions.terms.filter((term) => !kept.includes(term)).map(({ id }) => id),
  };
}

/** A normal distribution is stated by its expanded value, k = 2 where the file says nothing else. */
const coverageOf = (term: Term, said: AssumptionValue | undefined): number | undefined =>
  (said?.distribution ?? term.distribution) === 'normal' ? (term.coverage ?? 2) : undefined;

function optional<Key extends string>(key: Key, value: number | undefined): { readonly [K in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: number });
}
