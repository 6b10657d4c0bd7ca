/** Template files: read from disk or from an import, checked by schema and by the native core. */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type TemplateFile, templateFileSchema } from '../../contract/index.ts';
import { refuse, toAppError } from '../errors/index.ts';
import { parseJsonWith } from '../errors/parse.ts';
import type { NativeTemplates } from '../native/index.ts';
import { isAsymmetric } from './apply.ts';
import type { KnownTemplate } from './matcher.ts';

/** A template has some hundred kilobytes; nothing larger than this is one. */
export const largestTemplateBytes = 8_000_000;

export interface CheckedTemplate {
  /** Without the preview, as the native core writes it. */
  readonly text: string;
  /** SHA-256 of `text`. */
  readonly content: string;
  readonly file: TemplateFile;
  readonly preview: Buffer | null;
}

/**
 * Checks the text of a template file.
 * @throws AppError `json.invalid`, `schema.invalid`, `value.invalid` naming file and field
 */
export async function checkTemplate(
  native: NativeTemplates,
  given: string,
  name: string,
  signal: AbortSignal,
): Promise<CheckedTemplate> {
  if (Buffer.byteLength(given) > largestTemplateBytes)
    throw refuse('value.invalid', 'the file is larger than 8 MB', 'choose a template file', { file: name });
  const { preview, ...file } = parseJsonWith(templateFileSchema, given, name);
  const text = await native.check(JSON.stringify(file), signal).catch((error: unknown) => {
    throw toAppError(error, { file: name });
  });
  const picture = preview === undefined ? null : Buffer.from(preview, 'base64');
  return { text, content: hash('sha256', text, 'hex'), file, preview: picture };
}

/** A template file on disk, for the command line. @throws AppError as {@link checkTemplate}, `file.missing` */
export async function readTemplateFile(
  native: NativeTemplates,
  path: string,
  signal: AbortSignal,
): Promise<KnownTemplate> {
  const name = basename(path);
  const given = await readFile(path, 'utf8').catch((error: unknown) => {
    throw toAppError(error, { file: name });
  });
  return knownTemplate(await checkTemplate(native, given, name, signal));
}

/** A checked template that is not in the store is known by its content. */
export const knownTemplate = ({ text, content, file }: CheckedTemplate): KnownTemplate => ({
  id: content,
  name: file.name,
  set: file.set,
  content,
  asymmetric: isAsymmetric(file.marginsMm),
  read: async () => text,
});
