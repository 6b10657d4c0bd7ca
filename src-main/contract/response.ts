/** The camera's response, `trugrade.response/1`: how codes relate to light, and the photographs that say so. */
import { z } from 'zod';

const code = z.number().min(0).max(1);
const light = z.number().min(0).max(1e6);

/** `[code, light]` points; codes rise, light never falls and rises somewhere. Only ratios of light count. */
export const cameraCurveSchema = z
  .array(z.tuple([code, light]))
  .min(2, 'a curve needs at least two points')
  .max(4096)
  .superRefine((points, context) => {
    for (const [i, [nextCode, nextLight]] of points.entries()) {
      const before = points[i - 1];
      if (!before) continue;
      const problem =
        nextCode <= before[0]
          ? 'codes must rise from point to point'
          : nextLight < before[1]
            ? 'light must not fall from point to point'
            : undefined;
      if (problem) {
        context.addIssue({ code: 'custom', message: problem, path: [i] });
        return;
      }
    }
    if ((points.at(-1)?.[1] ?? 0) <= (points[0]?.[1] ?? 0))
      context.addIssue({ code: 'custom', message: 'light must rise from the first point to the last' });
  });

const isPoint = (value: unknown) => Array.isArray(value) && typeof value[0] === 'number';

/** One curve for all channels, or one for each of three; a bare curve stands for the first. */
export const cameraCurvesSchema = z.preprocess(
  (value) => (Array.isArray(value) && isPoint(value[0]) ? [value] : value),
  z
    .array(cameraCurveSchema)
    .refine(
      (curves) => curves.length === 1 || curves.length === 3,
      'give one curve, or one for each of three channels',
    ),
);
export type CameraCurves = z.infer<typeof cameraCurvesSchema>;

/** One channel as it was found. */
export const channelResponseSchema = z.object({
  points: cameraCurveSchema,
  /** Root mean square error on places that took no part in the fit, in codes, full scale = 1. */
  residual: z.number(),
  /** Lowest and highest code that was seen. */
  seen: z.tuple([z.number(), z.number()]),
  /** Light of every photograph over what the others and the times say of it. */
  exposures: z.array(z.object({ name: z.string(), seconds: z.number(), ratio: z.number() })),
});

export const responseFitSchema = z.object({ channels: z.array(channelResponseSchema), sites: z.int() });
export type ResponseFit = z.infer<typeof responseFitSchema>;

export const cameraResponseSchema = z.object({
  schema: z.literal('trugrade.response/1'),
  curves: cameraCurvesSchema,
  createdAt: z.iso.datetime({ offset: true }).optional(),
  software: z.object({ version: z.string(), commit: z.string() }).optional(),
  /** What stands behind the curves where they were measured here. */
  estimate: responseFitSchema.optional(),
});
export type CameraResponse = z.infer<typeof cameraResponseSchema>;
