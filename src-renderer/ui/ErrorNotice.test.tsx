/** Errors as a person sees them. */
import { MantineProvider } from '@mantine/core';
import { ORPCError } from '@orpc/client';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ReactElement } from 'react';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ErrorNotice } from './ErrorNotice.tsx';

beforeAll(() => {
  // Mantine asks for the colour scheme, which jsdom does not know.
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }));
});
afterEach(cleanup);

const show = (element: ReactElement) => render(<MantineProvider>{element}</MantineProvider>);

describe('error notice', () => {
  test('says what happened, where, and what to do, and tries again', () => {
    const retry = vi.fn();
    const data = {
      code: 'image.sizeMismatch',
      message: 'the images differ in size',
      next: 'capture the card again',
      file: 'light-03.png',
      field: 'lights[3].file',
    };
    show(<ErrorNotice error={new ORPCError('REFUSED', { status: 422, data })} onRetry={retry} />);
    const text = screen.getByRole('alert').textContent;
    for (const part of ['The images differ in size.', 'light-03.png', 'lights[3].file', 'Capture the card again.']) {
      expect(text).toContain(part);
    }
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });

  test('an unknown error is shown in its own words with a next step', () => {
    show(<ErrorNotice error={new Error('socket hung up')} />);
    expect(screen.getByRole('alert').textContent).toMatch(/Socket hung up\..*report it with the log\./);
  });

  test('an answer whose data is not an error of the contract is not trusted', () => {
    show(<ErrorNotice error={new ORPCError('FORBIDDEN', { data: { code: 'nonsense', message: 5 } })} />);
    expect(screen.getByRole('alert').textContent).toContain('This desk is not allowed to do that.');
  });
});
