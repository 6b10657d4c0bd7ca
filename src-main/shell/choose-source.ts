/** The page asks for a folder or an image: the path goes to the core alone, the page gets the core's id for it. */
import { basename } from 'node:path';
import { z } from 'zod';
import type { DesktopBridge } from '../contract/process.ts';
import { isTrustedSender, type Sender } from './guards.ts';
import { t } from './messages.ts';
import type { Outcome } from './requests.ts';

const kindSchema = z.enum(['folder', 'image']);
export type SourceKind = z.infer<typeof kindSchema>;

export interface ChooseSourceWorld {
  /** Origin of the running core. */
  readonly own: () => string | undefined;
  /** The system's dialog; undefined when the person cancelled. */
  readonly pick: (kind: SourceKind) => Promise<string | undefined>;
  readonly registerPath: (path: string) => Promise<Outcome<string>>;
  readonly refused: (what: string) => void;
}

/** @throws Error with a sentence for the person; Electron hands only its message to the page */
export async function chooseSource(
  sender: Sender,
  kind: unknown,
  world: ChooseSourceWorld,
): ReturnType<DesktopBridge['chooseSource']> {
  if (!isTrustedSender(sender, world.own())) {
    world.refused('a choice of files from a page that is not the workstation');
    throw new Error(t('source.refused'));
  }
  const parsed = kindSchema.safeParse(kind);
  if (!parsed.success) throw new Error(t('source.kind'));
  const path = await world.pick(parsed.data);
  if (path === undefined) return null;
  const outcome = await world.registerPath(path);
  if (!outcome.ok) throw new Error(`${outcome.error.message}; ${outcome.error.next}`);
  return { uploadId: outcome.value, name: basename(path) };
}

/** Options of the system's dialog for each kind. */
export function dialogOptions(kind: SourceKind) {
  switch (kind) {
    case 'folder':
      return { title: t('source.folder'), properties: ['openDirectory' as const] };
    case 'image':
      return {
        title: t('source.image'),
        properties: ['openFile' as const],
        filters: [{ name: t('source.images'), extensions: ['png', 'tif', 'tiff', 'jpg', 'jpeg'] }],
      };
  }
}
