/** A chart as data: one description for the screen, the printed report and the table beside it. */
import { z } from 'zod';

export const seriesKindSchema = z.enum(['bar', 'line', 'points']);
export const chartSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** One sentence: what to look for. */
  hint: z.string(),
  xLabel: z.string(),
  yLabel: z.string(),
  /** Names along the horizontal axis; null when x is a number. */
  categories: z.array(z.string()).nullable(),
  /** Panels that follow each other along the categories, such as one for each operator. */
  groups: z.array(z.object({ label: z.string(), from: z.int(), to: z.int() })),
  series: z.array(
    z.object({
      name: z.string(),
      kind: seriesKindSchema,
      /** `x` is the index of the category, or a number. */
      points: z.array(z.object({ x: z.number(), y: z.number() })),
    }),
  ),
  /** Horizontal lines: control limits, centre, or guide values. */
  lines: z.array(z.object({ label: z.string(), value: z.number(), kind: z.enum(['limit', 'centre', 'guide']) })),
});
export type Chart = z.infer<typeof chartSchema>;
