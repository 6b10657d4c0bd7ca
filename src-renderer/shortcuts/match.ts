/** Decides whether a key event means a chord; pure, so that every layout's trap is a test. */
import type { ShortcutReach } from './keymap.ts';

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/**
 * `Shift+1` and `1` go by the physical digit key, since Shift+1 types `!` here and `+` there, and AZERTY types `&` for a
 * bare 1. All else goes by what the key types, whatever Shift was needed for it. Ctrl, Alt and Meta belong to the
 * browser.
 */
export function matchesChord(press: KeyPress, chord: string): boolean {
  if (press.ctrlKey || press.altKey || press.metaKey) return false;
  const shifted = chord.startsWith('Shift+');
  const name = shifted ? chord.slice('Shift+'.length) : chord;
  if (/^[0-9]$/.test(name)) return isDigitKey(press, name, shifted);
  if (/^[a-z]$/.test(name)) return press.key.toLowerCase() === name && press.shiftKey === shifted;
  return press.key === name;
}

function isDigitKey(press: KeyPress, digit: string, shifted: boolean): boolean {
  if (press.code === `Numpad${digit}`) return !shifted && press.key === digit;
  if (press.code === `Digit${digit}`) return press.shiftKey === shifted;
  return press.code === '' && press.key === digit && !shifted;
}

/** What has the focus: a text field takes all keys, another control some. */
export type FocusKind = 'none' | 'control' | 'text';

export function reaches(reach: ShortcutReach, focus: FocusKind): boolean {
  switch (reach) {
    case 'always':
      return true;
    case 'page':
      return focus !== 'text';
    case 'idle':
      return focus === 'none';
  }
}

const textInputs = new Set(['text', 'search', 'number', 'email', 'url', 'password', 'tel', 'date', 'time', '']);

/** `data-shortcuts="idle"` marks a focusable area, such as the image, whose keys are ours. */
export function focusKind(element: Element | null): FocusKind {
  if (!element || element === element.ownerDocument.body) return 'none';
  if (element.closest('[data-shortcuts="idle"]')) return 'none';
  const tag = element.tagName.toLowerCase();
  if (tag === 'textarea' || element.getAttribute('contenteditable') === 'true') return 'text';
  if (tag === 'input') return textInputs.has(element.getAttribute('type') ?? '') ? 'text' : 'control';
  if (tag === 'select') return 'text';
  const roles = 'a, button, summary, [role="tab"], [role="option"], [role="combobox"], [role="slider"], [tabindex="0"]';
  return element.closest(roles) ? 'control' : 'none';
}
