/** The no-grade mark: a code with a reason goes out, nothing without one does, and a mark can be taken back. */
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import { NoGradeMenu } from './NoGradeMenu.tsx';

const judged = vi.fn();
vi.mock('../result/useRegrade.ts', () => ({
  useRegrade: () => ({ pending: false, error: null, judge: judged }),
}));

beforeAll(() => {
  // What jsdom has not: fonts that load, media queries, sizes that change.
  Object.defineProperty(document, 'fonts', { value: new EventTarget() });
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});
beforeEach(() => judged.mockClear());
afterEach(cleanup);

/** What the menu reads of a grading. */
const grading = (noGrade: unknown) => ({ summary: { id: 'g1' }, report: { grade: { noGrade } } }) as unknown as Grading;
const show = (noGrade: unknown) =>
  render(
    <MantineProvider env="test">
      <NoGradeMenu grading={grading(noGrade)} />
    </MantineProvider>,
  );

test('a mark goes out with its code and what a person wrote, and not before they wrote something', async () => {
  show(null);
  fireEvent.click(screen.getByRole('button', { name: 'No grade…' }));
  const reason = await screen.findByRole('textbox', { name: 'Reason' });
  const submit = screen.getByRole('button', { name: 'Mark as no grade' });
  expect(screen.queryByText('Say in a few words what you saw.')).toBeNull();
  for (const rubbish of ['', '   ', 'ab', '\n\t ']) {
    fireEvent.change(reason, { target: { value: rubbish } });
    fireEvent.click(submit);
  }
  expect(judged).not.toHaveBeenCalled();
  expect(screen.getByText('Say in a few words what you saw.')).toBeTruthy();

  fireEvent.change(screen.getByRole('combobox', { name: 'Code' }), { target: { value: 'N4' } });
  fireEvent.change(reason, { target: { value: '  print without dots under the loupe ' } });
  fireEvent.click(submit);
  expect(judged).toHaveBeenCalledExactlyOnceWith({
    noGrade: { code: 'N4', reason: 'print without dots under the loupe' },
  });
});

test('all nine codes can be chosen', async () => {
  show(null);
  fireEvent.click(screen.getByRole('button', { name: 'No grade…' }));
  const codes = (await screen.findAllByRole('option')).map((option) => option.getAttribute('value'));
  expect(codes).toEqual(['N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'N7', 'N8', 'N9']);
});

test("a person's mark is taken back; a measured one is not a person's to take back", async () => {
  show({ code: 'N2', by: 'person', why: 'glue', next: '' });
  fireEvent.click(screen.getByRole('button', { name: 'No grade…' }));
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Take the mark N2 back' }));
  expect(judged).toHaveBeenCalledExactlyOnceWith({ noGrade: null });
  cleanup();
  show({ code: 'N8', by: 'measurement', why: 'a border is gone', next: '' });
  fireEvent.click(screen.getByRole('button', { name: 'No grade…' }));
  await waitFor(() => expect(screen.getByRole('dialog', { name: 'Mark as no grade' })).toBeTruthy());
  expect(screen.queryByRole('menuitem')).toBeNull();
});
