/** The desktop window's own dialogs: what is chosen there is read in place by the core, nothing is uploaded. */
import type { AppErrorData } from '../../src-main/contract/errors.ts';
import type { DesktopBridge } from '../../src-main/contract/process.ts';
import { t } from '../messages/index.ts';
import { RefusedError } from './errors.ts';

declare global {
  interface Window {
    /** Set by the desktop window's preload script; absent in a browser. */
    readonly trugradeDesktop?: DesktopBridge;
  }
}

export type ChosenHere = Awaited<ReturnType<DesktopBridge['chooseSource']>>;

/** The system's dialogs; undefined in a browser, which has its own file inputs. */
export function desktopBridge(): DesktopBridge | undefined {
  return window.trugradeDesktop;
}

/** @throws RefusedError in the words of the window, which come as one sentence: what happened; what to do next */
export async function chooseHere(bridge: DesktopBridge, kind: 'folder' | 'image'): Promise<ChosenHere> {
  try {
    return await bridge.chooseSource(kind);
  } catch (error) {
    throw new RefusedError(spokenBy(error));
  }
}

function spokenBy(error: unknown): AppErrorData {
  const text = error instanceof Error ? error.message : String(error);
  // Electron puts the channel's name before what the other side said.
  const words = text.replace(/^Error invoking remote method '[^']*': (Error: )?/, '');
  const end = words.lastIndexOf('; ');
  return end < 0
    ? { code: 'value.invalid', message: words, next: t('errors.chooseNext') }
    : { code: 'value.invalid', message: words.slice(0, end), next: words.slice(end + 2) };
}
