/** What the desktop shell and the core process say to each other over the channel between parent and child. */
import { z } from 'zod';
import { appErrorSchema } from './errors.ts';

export const coreMessageSchema = z.discriminatedUnion('type', [
  /** The core serves; `url` carries the one-launch token of the window. */
  z.object({ type: z.literal('ready'), url: z.url() }),
  /** The core could not start and will exit. */
  z.object({ type: z.literal('failed'), error: appErrorSchema }),
  /** Every second; its absence means that the core hangs. */
  z.object({ type: z.literal('heartbeat') }),
  /** Answer to `launch`: a fresh one-launch address, for a new window after the first was closed. */
  z.object({ type: z.literal('launched'), requestId: z.int(), url: z.url() }),
  /** Answer to `registerPath`. */
  z.object({
    type: z.literal('registered'),
    requestId: z.int(),
    uploadId: z.string().nullable(),
    error: appErrorSchema.nullable(),
  }),
]);
export type CoreMessage = z.infer<typeof coreMessageSchema>;

export const shellMessageSchema = z.discriminatedUnion('type', [
  /** A folder or file that the person chose in a dialog of this machine. */
  z.object({ type: z.literal('registerPath'), requestId: z.int(), path: z.string().min(1) }),
  z.object({ type: z.literal('launch'), requestId: z.int() }),
  z.object({ type: z.literal('stop') }),
]);
export type ShellMessage = z.infer<typeof shellMessageSchema>;

/** What the preload script offers the page as `window.trugradeDesktop`; absent in a browser. */
export interface DesktopBridge {
  /** Opens the system's dialog; resolves to an upload id for `grade.start`, or null when the person cancelled. */
  chooseSource(kind: 'folder' | 'image'): Promise<{ uploadId: string; name: string } | null>;
}
