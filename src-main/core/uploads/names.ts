/** Which file names an upload may carry: names that mean the same plain file on Linux, macOS and Windows. */
import { fileNameSchema } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';

/** Device names of Windows, with or without an extension (`NUL.txt` is the device as well). */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** Characters that Windows refuses (a colon would name an alternate data stream), and control characters. */
const forbidden = /[<>:"|?*\p{Cc}]/u;

/** The name as it is stored (Unicode NFC). Refuses, with the reason, whatever is not a plain portable file name. */
export function checkedFileName(name: string): string {
  const field = 'file name';
  const parsed = fileNameSchema.safeParse(name);
  if (!parsed.success) {
    const reason = parsed.error.issues[0]?.message ?? 'not a plain file name';
    throw refuse('value.invalid', reason, 'send the file under its plain name', { field });
  }
  const normal = parsed.data.normalize('NFC');
  if (Buffer.byteLength(normal) > 255) {
    throw refuse('value.invalid', 'the name is longer than 255 bytes', 'give the file a shorter name', { field });
  }
  if (forbidden.test(normal) || reserved.test(normal) || /[. ]$/.test(normal)) {
    throw refuse('value.invalid', 'the name cannot be stored on every system', 'give the file another name', {
      file: normal,
      field,
    });
  }
  return normal;
}

/** Two names with one key would be one file on a system that ignores case. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}
