/** Shortcuts in a page: text fields keep their keys, the newest handler wins, dialogs keep all to themselves. */
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setPreferences } from '../state/preferences.ts';
import { type Command, listenForShortcuts, useShortcut, useSuspendedShortcuts } from './index.ts';

let stop = () => {};
beforeEach(() => {
  setPreferences({ singleKeys: true });
  stop = listenForShortcuts(window);
});
afterEach(() => {
  stop();
  cleanup();
});

function Handler({ command, onCall }: { readonly command: Command; readonly onCall: () => void }) {
  useShortcut(command, onCall);
  return null;
}

function Dialog() {
  useSuspendedShortcuts(true);
  return null;
}

function press(init: KeyboardEventInit, target: EventTarget = document.body): boolean {
  return target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
}

describe('shortcuts', () => {
  test('G acts on the page and is left to a text field', () => {
    const calls: string[] = [];
    render(
      <>
        <Handler command="gradeStart" onCall={() => calls.push('grade')} />
        <input aria-label="field" />
      </>,
    );
    press({ key: 'g' });
    screen.getByLabelText('field').focus();
    press({ key: 'g' }, screen.getByLabelText('field'));
    expect(calls).toEqual(['grade']);
  });

  test('Enter belongs to a button that has the focus, Escape acts even in a text field', () => {
    const calls: string[] = [];
    render(
      <>
        <Handler command="gradeStartEnter" onCall={() => calls.push('grade')} />
        <Handler command="gradeCancel" onCall={() => calls.push('cancel')} />
        <button type="button">button</button>
        <input aria-label="field" />
      </>,
    );
    screen.getByRole('button').focus();
    press({ key: 'Enter' }, screen.getByRole('button'));
    screen.getByLabelText('field').focus();
    press({ key: 'Escape' }, screen.getByLabelText('field'));
    expect(calls).toEqual(['cancel']);
  });

  test('the newest handler of a command wins, and the older one is back when it goes', () => {
    const calls: string[] = [];
    const older = <Handler key="older" command="search" onCall={() => calls.push('older')} />;
    const view = render([older, <Handler key="newer" command="search" onCall={() => calls.push('newer')} />]);
    press({ key: '/' });
    view.rerender([older]);
    press({ key: '/' });
    expect(calls).toEqual(['newer', 'older']);
  });

  test('a held key grades one card', () => {
    const calls: string[] = [];
    render(<Handler command="gradeStart" onCall={() => calls.push('grade')} />);
    press({ key: 'g' });
    press({ key: 'g', repeat: true });
    expect(calls).toEqual(['grade']);
  });

  test('an open dialog silences all but help', () => {
    const calls: string[] = [];
    render(
      <>
        <Handler command="gradeStart" onCall={() => calls.push('grade')} />
        <Handler command="help" onCall={() => calls.push('help')} />
        <Dialog />
      </>,
    );
    press({ key: 'g' });
    press({ key: '?' });
    expect(calls).toEqual(['help']);
  });

  test('single keys can be switched off, others stay', () => {
    const calls: string[] = [];
    setPreferences({ singleKeys: false });
    render(
      <>
        <Handler command="gradeStart" onCall={() => calls.push('grade')} />
        <Handler command="goCards" onCall={() => calls.push('cards')} />
      </>,
    );
    press({ key: 'g' });
    press({ key: '"', code: 'Digit2', shiftKey: true });
    expect(calls).toEqual(['cards']);
  });
});
