/** What all procedures stand on: who may call them, and the one way in which they refuse. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { appErrorSchema } from './errors.ts';
import type { Role } from './system.ts';

/** Least rights: who may call a procedure stands beside its types. */
export interface ProcedureMeta {
  readonly roles: readonly Role[];
}
export const everyone: ProcedureMeta = { roles: ['operator', 'annotator', 'engineer'] };
export const bench: ProcedureMeta = { roles: ['operator', 'engineer'] };
export const engineers: ProcedureMeta = { roles: ['engineer'] };

export const base = oc.$meta<ProcedureMeta>({ roles: [] }).errors({ REFUSED: { status: 422, data: appErrorSchema } });

export const idInput = z.object({ id: z.string().min(1).max(100) });
