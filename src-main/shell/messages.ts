/** Every text that the shell itself shows; the page has its own catalogue. `{name}` stands for a value. */
import type { CrashReason } from './crash.ts';

const messages = {
  'app.name': 'TruGrade Workstation',
  'menu.file': 'File',
  'menu.quit': 'Quit',
  'menu.edit': 'Edit',
  'menu.view': 'View',
  'menu.reload': 'Reload',
  'menu.actualSize': 'Actual size',
  'menu.zoomIn': 'Zoom in',
  'menu.zoomOut': 'Zoom out',
  'menu.fullScreen': 'Full screen',
  'menu.developerTools': 'Developer tools',
  'menu.window': 'Window',
  'menu.help': 'Help',
  'menu.openLogs': 'Open log folder',
  'menu.restartCore': 'Restart measuring core',
  'source.folder': 'Choose a capture folder',
  'source.image': 'Choose an image of a card',
  'source.images': 'Images',
  'source.refused': 'only the workstation itself may open files; reload the window',
  'source.kind': 'a folder or an image can be chosen, nothing else',
  'status.starting': 'Starting the measuring core …',
  'status.restarting': 'The measuring core stopped and is starting again',
  'status.restartingDetail': 'Finished grades are safe. A running job must be started again.',
  'status.stopping': 'Stopping the measuring core …',
  'status.quarantined': 'The measuring core stopped several times in a row',
  'status.quarantinedDetail':
    'It is not started again by itself, so that nothing is harmed. Finished grades are safe. Restart it when the cause is gone, or send the log to support.',
  'status.pageFailed': 'The window stopped several times in a row',
  'status.pageFailedDetail': 'The measuring core still runs. Restart it to open the workstation again.',
  'status.reason': 'What happened: {what}',
  'status.lastWords': 'Its last words: {words}',
  'status.restart': 'Restart',
  'status.openLogs': 'Open log folder',
  'reason.exited': 'it ended by itself (exit code {code})',
  'reason.crashed': 'it crashed ({signal})',
  'reason.outOfMemory': 'it ran out of memory; close other programs or use smaller images',
  'reason.hung': 'it no longer answered',
  'reason.startFailed': 'it could not start',
  'reason.neverReady': 'it did not get ready in time',
} as const;

export type MessageKey = keyof typeof messages;

/** A value that is not given leaves its place empty. */
export function t(key: MessageKey, values: Readonly<Record<string, string>> = {}): string {
  return messages[key].replace(/\{(\w+)\}/g, (_place, name: string) => values[name] ?? '');
}

export function reasonText(reason: CrashReason, code: number | null, signal: string | null): string {
  const exitCode = code === null ? '–' : String(code);
  return t(`reason.${reason}`, { code: exitCode, signal: signal ?? `exit code ${exitCode}` });
}
