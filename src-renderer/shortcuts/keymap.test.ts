/** The keyboard map: no key means two things at once, and keys mean the same on every layout. */
import { describe, expect, test } from 'vitest';
import { bindingOf, type Command, commands, type ShortcutGroup } from './keymap.ts';
import { type KeyPress, matchesChord, reaches } from './match.ts';

/** Commands that can be live at the same time, by what is on the screen. */
const screens: Readonly<Record<string, { groups: readonly ShortcutGroup[]; without: readonly Command[] }>> = {
  'source chooser': { groups: ['everywhere', 'grade'], without: ['gradeNext'] },
  result: {
    groups: ['everywhere', 'result', 'viewer'],
    without: [],
  },
  'gauge study': { groups: ['everywhere', 'gauge'], without: [] },
  'cards list': { groups: ['everywhere', 'lists'], without: ['pause'] },
  'logs list': { groups: ['everywhere', 'lists'], without: ['listDown', 'listUp'] },
};

describe('keyboard map', () => {
  test.each(Object.keys(screens))('no two commands share a key on the screen: %s', (name) => {
    const screen = screens[name];
    const live = commands.filter(
      (command) => screen?.groups.includes(bindingOf(command).group) && !screen.without.includes(command),
    );
    const chords = live.flatMap((command) => bindingOf(command).chords);
    expect(chords.filter((chord, at) => chords.indexOf(chord) !== at)).toEqual([]);
  });

  test('the keys for grading the next card are free on the result', () => {
    const onResult = commands.filter((command) => ['result', 'viewer'].includes(bindingOf(command).group));
    const taken = onResult.flatMap((command) => bindingOf(command).chords);
    expect(taken).not.toContain('g');
    expect(taken).not.toContain('n');
  });
});

describe('chords', () => {
  test('digits go by the key, so that AZERTY works without Shift and Shift+1 is not 1', () => {
    expect(matchesChord(press({ key: '&', code: 'Digit1' }), '1')).toBe(true);
    expect(matchesChord(press({ key: '!', code: 'Digit1', shiftKey: true }), 'Shift+1')).toBe(true);
    expect(matchesChord(press({ key: '!', code: 'Digit1', shiftKey: true }), '1')).toBe(false);
    expect(matchesChord(press({ key: '0', code: 'Numpad0' }), '0')).toBe(true);
  });

  test('signs go by what is typed, whatever Shift it took', () => {
    expect(matchesChord(press({ key: '?', code: 'Slash', shiftKey: true }), '?')).toBe(true);
    expect(matchesChord(press({ key: '?', code: 'Minus', shiftKey: true }), '?')).toBe(true);
    expect(matchesChord(press({ key: '+', code: 'BracketRight' }), '+')).toBe(true);
  });

  test('Caps Lock does not matter, Shift and the keys of the browser do', () => {
    expect(matchesChord(press({ key: 'G', code: 'KeyG' }), 'g')).toBe(true);
    expect(matchesChord(press({ key: 'G', code: 'KeyG', shiftKey: true }), 'g')).toBe(false);
    expect(matchesChord(press({ key: 'c', code: 'KeyC', ctrlKey: true }), 'c')).toBe(false);
  });

  test('a text field keeps its keys, a button keeps Enter', () => {
    expect(reaches('page', 'text')).toBe(false);
    expect(reaches('page', 'control')).toBe(true);
    expect(reaches('idle', 'control')).toBe(false);
    expect(reaches('idle', 'none')).toBe(true);
    expect(reaches('always', 'text')).toBe(true);
  });
});

function press(change: Partial<KeyPress>): KeyPress {
  return { key: '', code: '', shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...change };
}
