/** Turns whatever a call threw into the one shape that the screens show. */
import { ORPCError } from '@orpc/client';
import { type AppErrorData, appErrorSchema } from '../../src-main/contract/errors.ts';
import { t } from '../messages/index.ts';
import { ConnectionLostError } from './connection.ts';

/** An error that already carries its data, such as a refused upload. */
export class RefusedError extends Error {
  readonly data: AppErrorData;
  constructor(data: AppErrorData) {
    super(data.message);
    this.name = 'RefusedError';
    this.data = data;
  }
}

export function toAppErrorData(error: unknown): AppErrorData {
  if (error instanceof RefusedError) return error.data;
  if (isAbort(error)) return { code: 'cancelled', message: t('errors.cancelled'), next: t('errors.cancelledNext') };
  if (error instanceof ORPCError) return fromRpc(error);
  if (error instanceof ConnectionLostError || isBrokenSocket(error)) {
    return { code: 'core.crashed', message: t('errors.connectionLost'), next: t('errors.connectionLostNext') };
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    next: t('errors.internalNext'),
  };
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError' && !isBrokenSocket(error);
}

/** oRPC rejects calls in flight with its own AbortError when the socket closes under them. */
function isBrokenSocket(error: unknown): boolean {
  return error instanceof Error && /socket is not open|was closed|has been closed/i.test(error.message);
}

function fromRpc(error: ORPCError<string, unknown>): AppErrorData {
  const refused = appErrorSchema.safeParse(error.data);
  if (refused.success) return refused.data;
  switch (error.code) {
    case 'BAD_REQUEST':
      return { code: 'value.invalid', message: t('errors.badRequest'), next: t('errors.badRequestNext') };
    case 'UNAUTHORIZED':
    case 'FORBIDDEN':
      return { code: 'notAllowed', message: t('errors.forbidden'), next: t('errors.forbiddenNext') };
    case 'NOT_FOUND':
      return { code: 'notFound', message: t('errors.notFound'), next: t('errors.notFoundNext') };
    default:
      return { code: 'internal', message: error.message, next: t('errors.internalNext') };
  }
}
