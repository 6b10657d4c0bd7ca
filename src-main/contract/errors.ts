/** The one shape every refusal takes, from the native core to the screen: what, where, and what to do next. */
import { z } from 'zod';

/** Stable codes. The native core's codes come first; the rest belong to the TypeScript side. */
export const errorCodeSchema = z.enum([
  'cancelled',
  'file.missing',
  'file.unreadable',
  'file.unwritable',
  'disk.full',
  'image.unsupported',
  'image.damaged',
  'image.tooLarge',
  'image.sizeMismatch',
  'image.saturated',
  'image.dark',
  'image.blurred',
  'value.invalid',
  'lights.tooFew',
  'lights.coplanar',
  'card.notFound',
  'card.cutOff',
  'card.several',
  'card.touching',
  'card.moved',
  'template.mismatch',
  'board.notFound',
  'board.wrong',
  'calibration.weak',
  'calibration.failed',
  'calibration.due',
  'gpu.missing',
  'gpu.unsupported',
  'gpu.outOfMemory',
  'gpu.failed',
  'internal',
  'json.invalid',
  'schema.invalid',
  'path.outside',
  'usage',
  'store.newer',
  'store.readOnly',
  'store.damaged',
  'store.locked',
  'notFound',
  'notAllowed',
  'conflict',
  'upload.tooLarge',
  'core.crashed',
]);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

export const appErrorSchema = z.object({
  code: errorCodeSchema,
  /** What happened, one sentence without a full stop. */
  message: z.string(),
  /** What the reader can do next, one sentence without a full stop. */
  next: z.string(),
  /** The file, as the caller named it; never an absolute path of the server. */
  file: z.string().nullish(),
  /** The field or option, e.g. `lights[3].direction`. */
  field: z.string().nullish(),
});
export type AppErrorData = z.infer<typeof appErrorSchema>;
