/** No-grade codes: why a side must not get a grade, by measurement or by a person. */
import { z } from 'zod';

/** Reasons for no grade at all, after PSA's public list; names and limits stand in `assets/standards/no-grade.json`. */
export const noGradeCodes = ['N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'N7', 'N8', 'N9'] as const;
export const noGradeCodeSchema = z.enum(noGradeCodes);
export type NoGradeCode = z.infer<typeof noGradeCodeSchema>;

/** What a person says against a grade. */
export const noGradeMarkSchema = z.object({ code: noGradeCodeSchema, reason: z.string().trim().min(3).max(300) });
export type NoGradeMark = z.infer<typeof noGradeMarkSchema>;

export const noGradeSchema = z.object({
  code: noGradeCodeSchema,
  name: z.string(),
  by: z.enum(['measured', 'person']),
  why: z.string(),
  /** What to look at. */
  next: z.string(),
  rulesVersion: z.string(),
});
export type NoGrade = z.infer<typeof noGradeSchema>;
