/** Calls into the addon: every failure becomes an AppError, every text is parsed. */
import type { z } from 'zod';
import { toAppError } from '../errors/index.ts';

/** Every rejection becomes an AppError. */
export async function typed<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw toAppError(error);
  }
}

/** As {@link typed}, for calls that throw before they start. */
export function typedSync<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toAppError(error);
  }
}

export const json = <Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> =>
  schema.parse(JSON.parse(text));
