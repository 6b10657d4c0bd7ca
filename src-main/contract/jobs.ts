/** Long tasks: every one has progress, can be cancelled, and ends done, failed with a typed error, or cancelled. */
import { z } from 'zod';
import { appErrorSchema } from './errors.ts';
import { stageNameSchema, stageStatusSchema } from './report.ts';

export const jobKindSchema = z.enum(['grade', 'backup', 'verify', 'simulate', 'measure', 'calibrate', 'maps']);
export const jobStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);
export type JobState = z.infer<typeof jobStateSchema>;

export const jobSchema = z.object({
  id: z.string(),
  kind: jobKindSchema,
  title: z.string(),
  state: jobStateSchema,
  /** 0..1, never falling. */
  progress: z.number().min(0).max(1),
  /** What is being done now, as a pipeline stage or a free phrase key. */
  activity: z.string().nullable(),
  stages: z.array(
    z.object({ stage: stageNameSchema, status: stageStatusSchema.or(z.literal('running')), ms: z.number().nullable() }),
  ),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  error: appErrorSchema.nullable(),
  /** Set when a grade job is done (also when the side needs a person). */
  gradingId: z.string().nullable(),
  simulated: z.boolean(),
});
export type Job = z.infer<typeof jobSchema>;

/** What a subscriber receives: first the snapshot of all recent jobs, then changed jobs, conflated to the latest of each. */
export const jobsEventSchema = z.object({ seq: z.int(), snapshot: z.boolean(), jobs: z.array(jobSchema) });
export type JobsEvent = z.infer<typeof jobsEventSchema>;
