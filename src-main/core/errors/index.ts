/** The core's one error class: carries the typed data of the contract, so that any layer can show it or send it on. */
import { type AppErrorData, appErrorSchema, type ErrorCode } from '../../contract/errors.ts';

export class AppError extends Error {
  readonly data: AppErrorData;

  constructor(data: AppErrorData, options?: { cause?: unknown }) {
    const place = [data.file, data.field].filter((part) => part).join(': ');
    super(`${place ? `${place}: ` : ''}${data.message}; ${data.next}`, options);
    this.name = 'AppError';
    this.data = data;
  }

  get code(): ErrorCode {
    return this.data.code;
  }
}

/** Short form for throwing: `throw refuse('file.missing', 'there is no such file', 'check the name', { file })`. */
export function refuse(
  code: ErrorCode,
  message: string,
  next: string,
  place: { file?: string; field?: string; cause?: unknown } = {},
): AppError {
  const { cause, ...where } = place;
  return new AppError({ code, message, next, ...where }, cause === undefined ? {} : { cause });
}

/** Node's file errors as typed refusals; anything unknown becomes `internal` with its cause kept. */
export function toAppError(error: unknown, place: { file?: string; field?: string } = {}): AppError {
  if (error instanceof AppError) return error;
  const native = nativeError(error);
  if (native) return new AppError(native, { cause: error });
  if (error instanceof Error && error.name === 'AbortError') {
    return refuse('cancelled', 'the work was cancelled', 'start it again when you are ready', { cause: error });
  }
  const at = { ...place, cause: error };
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
      return refuse('file.missing', 'there is no such file', 'check its name and place', at);
    case 'ENOTDIR':
      return refuse('file.missing', 'a part of its path is a file, not a folder', 'check its name and place', at);
    case 'EISDIR':
      return refuse('file.unreadable', 'it is a folder, not a file', 'name the file itself', at);
    case 'ENAMETOOLONG':
      return refuse(
        'value.invalid',
        'its name or path is too long',
        'give it a shorter name, or a place less deep',
        at,
      );
    case 'EBUSY':
      return refuse('file.unreadable', 'another program holds it', 'close the other program and try again', at);
    case 'EMFILE':
    case 'ENFILE':
      return refuse(
        'file.unreadable',
        'too many files are open on this machine',
        'close other programs and try again',
        at,
      );
    case 'EACCES':
    case 'EPERM':
      return refuse('file.unreadable', 'access is not allowed', 'check the rights of the file and its folder', at);
    case 'EROFS':
      return refuse('file.unwritable', 'the folder is read-only', 'choose another folder or change its rights', at);
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return refuse('disk.full', 'the disk is full', 'free some space and try again; nothing was half-written', at);
    default:
      return refuse(
        'internal',
        error instanceof Error ? error.message : String(error),
        'this is a fault of the program: please report it with the log',
        at,
      );
  }
}

/** The native core throws errors whose message is the JSON of `AppErrorData`. */
function nativeError(error: unknown): AppErrorData | undefined {
  if (!(error instanceof Error) || !error.message.startsWith('{')) return undefined;
  try {
    const parsed = appErrorSchema.safeParse(JSON.parse(error.message));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
