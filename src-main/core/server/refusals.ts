/** Turns whatever was thrown into what may leave the machine: typed data without stacks, causes or server paths. */
import { ORPCError } from '@orpc/server';
import type { AppErrorData, ErrorCode } from '../../contract/index.ts';
import { AppError } from '../errors/index.ts';
import type { ServerLog } from './services.ts';

/** What a person is told about a fault of the program; the log holds the rest. */
export const internalRefusal: AppErrorData = {
  code: 'internal',
  message: 'the program met a fault of its own',
  next: 'try again, and report it with the log if it stays',
};

/** The sendable part of an error. Faults of the program are logged here, whole, and leave without their details. */
export function sendable(error: unknown, log: ServerLog, where: string): AppErrorData {
  if (error instanceof AppError && error.code !== 'internal') {
    return { ...error.data, file: error.data.file == null ? error.data.file : lastSegment(error.data.file) };
  }
  log.error('a request failed by a fault of the program', { where, error: errorText(error) });
  return internalRefusal;
}

/** Absolute paths of the server never leave it; names relative to a capture do. */
function lastSegment(file: string): string {
  const absolute = /^(?:[a-zA-Z]:)?[/\\]/.test(file);
  return absolute ? (file.split(/[/\\]/).at(-1) ?? '') : file;
}

/** Message, stack and causes in one text for the log. */
function errorText(error: unknown): string {
  const parts: string[] = [];
  let current = error;
  for (let depth = 0; depth < 5 && current !== undefined; depth++) {
    parts.push(current instanceof Error ? (current.stack ?? current.message) : String(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join('\ncaused by: ').slice(0, 8000);
}

/** Errors that oRPC itself makes for a caller's mistake (bad input, no such procedure) may leave as they are. */
export function isCallersMistake(error: unknown): error is ORPCError<string, unknown> {
  return error instanceof ORPCError && error.status < 500;
}

/** HTTP status of a refusal on the plain HTTP routes (pictures, uploads, pages). */
export function statusOf(code: ErrorCode): number {
  switch (code) {
    case 'notFound':
    case 'file.missing':
      return 404;
    case 'notAllowed':
      return 403;
    case 'conflict':
    case 'cancelled':
      return 409;
    case 'upload.tooLarge':
      return 413;
    case 'value.invalid':
    case 'json.invalid':
    case 'schema.invalid':
    case 'path.outside':
    case 'usage':
      return 400;
    case 'disk.full':
      return 507;
    case 'store.readOnly':
    case 'store.locked':
      return 503;
    case 'internal':
    case 'core.crashed':
    case 'store.damaged':
    case 'store.newer':
    case 'gpu.missing':
    case 'gpu.unsupported':
    case 'gpu.outOfMemory':
    case 'gpu.failed':
    case 'file.unwritable':
      return 500;
    case 'file.unreadable':
    case 'image.unsupported':
    case 'image.damaged':
    case 'image.tooLarge':
    case 'image.sizeMismatch':
    case 'image.saturated':
    case 'image.dark':
    case 'image.blurred':
    case 'lights.tooFew':
    case 'lights.coplanar':
    case 'card.notFound':
    case 'card.cutOff':
    case 'card.several':
    case 'card.touching':
    case 'card.moved':
    case 'template.mismatch':
    case 'board.notFound':
    case 'board.wrong':
    case 'calibration.weak':
    case 'calibration.failed':
    case 'calibration.due':
      return 422;
  }
}

/** The body of a refusal on the plain HTTP routes; the REST routes of the contract have oRPC's own shape. */
export function refusalBody(error: AppErrorData): string {
  return JSON.stringify({ error });
}
