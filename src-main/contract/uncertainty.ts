/** The stated assumptions of the uncertainty budget, as a person sees and changes them. */
import { z } from 'zod';

const finite = z.number().finite();
export const budgetUnitSchema = z.enum(['px', 'mm', 'relative']);
export const budgetDistributionSchema = z.enum(['normal', 'rectangular', 'triangular', 'uShaped']);
export const budgetGroupSchema = z.enum(['instrument', 'part', 'measurand']);
/** Units in which a half width may be stated, when it is not stated in that of its effect on a width. */
export const statedUnitSchema = z.enum(['K', '%', 'um']);

const stated = {
  /** Half width of the distribution, or the expanded value where it is normal. */
  halfWidth: finite.min(0).max(1000),
  /** What one unit of it does to a width. */
  sensitivity: finite.min(-1000).max(1000).nullable(),
  distribution: budgetDistributionSchema,
  /** Why this number, or where it comes from. */
  basis: z.string().trim().min(1).max(300),
};

export const assumptionValueSchema = z.object(stated);
export type AssumptionValue = z.infer<typeof assumptionValueSchema>;

export const assumptionSchema = z.object({
  id: z.string(),
  /** `calibrated`: joins when a calibration record stands behind the scale. */
  when: z.enum(['always', 'calibrated']),
  unit: budgetUnitSchema,
  statedIn: statedUnitSchema.nullable(),
  /** Coverage factor of a normal distribution's expanded value. */
  coverage: finite.positive().nullable(),
  group: budgetGroupSchema,
  value: assumptionValueSchema,
  builtIn: assumptionValueSchema,
});
export type Assumption = z.infer<typeof assumptionSchema>;

export const assumptionsSchema = z.object({
  /** Written into every report; it names the changes by a checksum. */
  version: z.string(),
  note: z.string(),
  terms: z.array(assumptionSchema),
});
export type Assumptions = z.infer<typeof assumptionsSchema>;

/** What a person changed, by the term's name; what is not named is as built in. */
export const assumptionChangesSchema = z.record(z.string().max(40), assumptionValueSchema);
export type AssumptionChanges = z.infer<typeof assumptionChangesSchema>;
