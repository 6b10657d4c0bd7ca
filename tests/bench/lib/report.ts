/** The parts of `trugrade.report/1` that figures are read from. */
import { z } from 'zod';

const place = z.object({ xPx: z.number(), yPx: z.number() });
export const edgeNames = ['left', 'right', 'top', 'bottom'] as const;
export type EdgeName = (typeof edgeNames)[number];
const perEdge = <T extends z.ZodType>(value: T) => z.object({ left: value, right: value, top: value, bottom: value });

export const reportSchema = z.object({
  capture: z.string(),
  measurement: z
    .object({
      points: z.array(
        z.object({
          edge: z.enum(edgeNames),
          index: z.number(),
          widthMm: z.number().nullable(),
          uncertaintyMm: z.number().nullable(),
          status: z.string(),
          reason: z.string().nullable(),
        }),
      ),
      meanMm: perEdge(z.number().nullable()),
      sides: perEdge(z.object({ measured: z.boolean(), reason: z.string().nullable() })),
      outline: z.object({ edges: perEdge(z.array(place)) }),
    })
    .nullable(),
  error: z.object({ message: z.string() }).nullable(),
  timingMs: z.record(z.string(), z.number()),
  quality: z.object({ stages: z.array(z.object({ stage: z.string(), ms: z.number() })) }),
});
export type Report = z.infer<typeof reportSchema>;

/** What the simulator knows of a card's widths; null where art bleeds over the edge. */
export const truthSchema = z.object({
  points: z.array(z.object({ edge: z.enum(edgeNames), index: z.number(), widthMm: z.number().nullable() })),
});

/** `reason (3), other reason (1)`, most frequent first. */
export function tally(reasons: readonly string[]): string {
  const counts = Map.groupBy(reasons, (reason) => reason);
  return [...counts]
    .toSorted((a, b) => b[1].length - a[1].length)
    .map(([reason, list]) => `${reason} (${list.length})`)
    .join(', ');
}
