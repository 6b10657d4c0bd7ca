/** Parsing at the edges: JSON text and schemas, with errors that name the file and the field. */
import type { z } from 'zod';
import { refuse } from './index.ts';

/** `lights[3].direction` from a zod issue path. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

/** Parses a value of the outside world. @throws AppError `schema.invalid` naming file and field. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: string | undefined,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue ? fieldName(issue.path) : '';
  throw refuse('schema.invalid', issue?.message ?? 'does not fit its schema', 'correct this field and try again', {
    ...(file === undefined ? {} : { file }),
    ...(field === '' ? {} : { field }),
  });
}

/** Parses JSON text. @throws AppError `json.invalid` or `schema.invalid` naming file and field. */
export function parseJsonWith<Schema extends z.ZodType>(schema: Schema, text: string, file: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const where = cause instanceof Error ? cause.message : 'broken';
    throw refuse('json.invalid', `is not valid JSON: ${where}`, 'repair or replace the file', { file, cause });
  }
  return parseWith(schema, value, file);
}
