/** Where a page ends, as an opaque text. */
import { refuse } from '../errors/index.ts';

export const writeCursor = (seq: number): string => Buffer.from(`v1.${seq}`).toString('base64url');

/** Throws `value.invalid` for anything `writeCursor` did not write. */
export function readCursor(cursor: string): number {
  const seq = Number(/^v1\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1]);
  if (Number.isInteger(seq)) return seq;
  throw refuse('value.invalid', 'this is not the end of a page', 'start again from the first page', {
    field: 'cursor',
  });
}
