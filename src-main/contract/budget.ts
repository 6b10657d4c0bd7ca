/** Where an uncertainty comes from: the GUM budget (JCGM 100) of every width and every side's mean. */
import { z } from 'zod';

const positive = z.number().nonnegative();

export const budgetComponentSchema = z.object({
  id: z.string(),
  /** A: from statistics of the capture; B: from elsewhere. */
  type: z.enum(['A', 'B']),
  distribution: z.enum(['normal', 'rectangular', 'triangular', 'uShaped']),
  /** Null where it differs from station to station. */
  halfWidth: positive.nullable(),
  unit: z.enum(['px', 'mm', 'relative']),
  divisor: positive,
  sensitivity: z.number(),
  source: z.enum(['capture', 'calibration', 'assumption']),
  group: z.enum(['instrument', 'part', 'measurand']),
  /** Why this number, in words. */
  basis: z.string().nullish(),
});
export type BudgetComponent = z.infer<typeof budgetComponentSchema>;

export const budgetSharesSchema = z.object({
  /** Standard uncertainties in the order of the components; null where one needs a scale that is not there. */
  parts: z.array(positive.nullable()),
  /** Degrees of freedom of cut edge and graphic border. */
  edgeFreedom: z.tuple([positive.nullable(), positive.nullable()]),
  standard: positive,
  /** U, k = 2: the uncertainty of the report. */
  expanded: positive,
  /** Effective degrees of freedom by Welch and Satterthwaite; null: no finite number. */
  freedom: positive.nullable(),
  /** The coverage factor that would give 95.45 % at these degrees of freedom. */
  studentFactor: positive,
});
export type BudgetShares = z.infer<typeof budgetSharesSchema>;

const side = budgetSharesSchema.nullable();
export const budgetSchema = z.object({
  /** `repeatability`: no calibration record, so the instrument's own components are absent. */
  kind: z.enum(['repeatability', 'uncertainty']),
  coverageFactor: z.literal(2),
  unit: z.enum(['mm', 'px']),
  /** Version of the stated assumptions. */
  version: z.string().nullish(),
  components: z.array(budgetComponentSchema),
  /** Components that are left out, and would be needed to call U an uncertainty of the width. */
  absent: z.array(z.string()).default([]),
  /** In the order of the 24 points; null where there is no width. */
  points: z.array(side).length(24),
  sides: z.object({ left: side, right: side, top: side, bottom: side }),
});
export type Budget = z.infer<typeof budgetSchema>;
