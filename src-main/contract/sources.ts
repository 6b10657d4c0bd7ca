/** Where the frames of a card come from. */
import { z } from 'zod';
import { sheetIdSchema } from './sheets.ts';

/** Where the frames to grade come from. Uploads are made by HTTP first: `POST /uploads`, `PUT /uploads/<id>/<file name>`. */
export const gradeSourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rig'),
    rigId: z.string().max(100),
    /** Which sample card the simulated rig holds; ignored by real rigs. */
    sample: z.int().min(0).max(1_000_000).optional(),
  }),
  z.object({
    kind: z.literal('upload'),
    uploadId: z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/),
    /** What the person calls it: the name of the folder or file on their side. */
    name: z.string().min(1).max(255).optional(),
  }),
  z.object({
    kind: z.literal('sheet'),
    sheetId: sheetIdSchema,
    /** One of its cards by number; the whole picture, as of one card, when not given. */
    card: z.int().min(1).optional(),
  }),
]);
export type GradeSource = z.infer<typeof gradeSourceSchema>;
