/** Shortcuts for the screens: one listener on the window, the newest handler of a command wins. */
import { useEffect, useRef } from 'react';
import { t } from '../messages/index.ts';
import { usePreferences } from '../state/preferences.ts';
import { bindingOf, type Command, commands } from './keymap.ts';
import { focusKind, type KeyPress, matchesChord, reaches } from './match.ts';

export { type Binding, bindingOf, type Command, commands, keymap, type ShortcutGroup } from './keymap.ts';

type Handler = () => void;
const handlers = new Map<Command, Handler[]>();
let suspended = 0;

/** Gives a command its meaning while the component is shown and `enabled`. */
export function useShortcut(command: Command, handler: Handler, enabled = true): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    if (!enabled) return;
    const call = () => latest.current();
    handlers.set(command, [...(handlers.get(command) ?? []), call]);
    return () => {
      handlers.set(
        command,
        (handlers.get(command) ?? []).filter((each) => each !== call),
      );
    };
  }, [command, enabled]);
}

/** While a dialog is open, only `help` (which closes its own) and the dialog's own keys act. */
export function useSuspendedShortcuts(open: boolean): void {
  useEffect(() => {
    if (!open) return;
    suspended += 1;
    return () => {
      suspended -= 1;
    };
  }, [open]);
}

/** Starts the dispatcher; returns the function that ends it. */
export function listenForShortcuts(target: Window): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = commandFor(event, target.document.activeElement);
    if (!command) return;
    const handler = handlers.get(command)?.at(-1);
    if (!handler) return;
    event.preventDefault();
    handler();
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}

function commandFor(event: KeyPress & { readonly repeat: boolean }, focused: Element | null): Command | undefined {
  const focus = focusKind(focused);
  const singleKeys = usePreferences.getState().singleKeys;
  return commands.find((command) => {
    if (!handlers.get(command)?.length || (suspended > 0 && command !== 'help')) return false;
    const { chords, reach } = bindingOf(command);
    if (event.repeat && !repeatable.has(command)) return false;
    return chords.some(
      (chord) => matchesChord(event, chord) && reaches(reach, focus) && (singleKeys || !isSingleCharacter(chord)),
    );
  });
}

/** A held G must not grade a stack of cards. */
const repeatable: ReadonlySet<Command> = new Set<Command>([
  'panUp',
  'panDown',
  'panLeft',
  'panRight',
  'zoomIn',
  'zoomOut',
  'listDown',
  'listUp',
  'nextDefect',
  'previousDefect',
]);

function isSingleCharacter(chord: string): boolean {
  return chord.length === 1 && chord !== '?';
}

/** One chord as a person reads it: `Shift 1`, `Esc`, `G`. */
export function chordText(chord: string): string {
  return chord
    .split('+')
    .map((part) => (part === '' ? '+' : part))
    .filter((part, index, all) => !(part === '+' && all[index - 1] === '+'))
    .map(keyName)
    .join(' ');
}

function keyName(key: string): string {
  switch (key) {
    case 'ArrowUp':
    case 'ArrowDown':
    case 'ArrowLeft':
    case 'ArrowRight':
    case 'Escape':
    case 'Enter':
    case 'Shift':
      return t(`shortcuts.keys.${key}`);
    default:
      return key.toUpperCase();
  }
}

export function shortcutText(command: Command): string {
  const first = bindingOf(command).chords[0];
  return first === undefined ? '' : chordText(first);
}

/** What a shortcut does, in words. */
export function shortcutLabel(command: Command): string {
  const { label, view } = bindingOf(command);
  if (label === 'shortcuts.layer') return t('shortcuts.layer', { layer: view ? t(`views.${view}`) : '' });
  return t(label);
}
