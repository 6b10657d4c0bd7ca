/** What the server asks of the rest of the core: one method per procedure of the contract, plus pictures and uploads. */
import type { AnySchema, ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract';
import type { Contract, MapsInfo, Role } from '../../contract/index.ts';
import type { Log } from '../log/index.ts';
import type { Uploads } from '../uploads/index.ts';

/** Who asks. The role is bound to the session when its launch token is made, never taken from a message. */
export interface Caller {
  readonly role: Role;
  readonly sessionId: string;
  /** For the audit log: who is responsible. */
  readonly actor: string;
}

/**
 * A procedure as a plain function. `input` is what the contract's schema made of the message (checked, defaults
 * filled in). Refuse with `AppError`; anything else thrown is logged and leaves as `internal`.
 */
type Method<P> =
  P extends ContractProcedure<infer I extends AnySchema, infer O extends AnySchema, infer _E, infer _M>
    ? InferSchemaInput<O> extends AsyncIteratorObject<infer Y, unknown, void>
      ? (input: InferSchemaOutput<I>, caller: Caller, signal: AbortSignal) => AsyncGenerator<Y, void, unknown>
      : (input: InferSchemaOutput<I>, caller: Caller) => Promise<InferSchemaInput<O>>
    : never;

/**
 * Streams end when their signal aborts (the client went away); a generator that waits must wait on the signal too.
 * One item is asked for only when the one before has left this machine, so a stream that yields the latest state
 * when asked is conflated by its reader's speed.
 */
export type Procedures = {
  readonly [Group in keyof Contract]: { readonly [Name in keyof Contract[Group]]: Method<Contract[Group][Name]> };
};

export interface ImageInfo {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Media type, e.g. `image/png`. */
  readonly type: string;
  /** Zoom levels; level 0 is the smallest. */
  readonly levels: number;
  readonly tilePx: number;
}

export interface ImageBytes {
  readonly bytes: Uint8Array;
  readonly type: string;
}

/** Pictures by content id; an id that is not stored is refused with `notFound`. */
export interface Images {
  info(id: string): Promise<ImageInfo>;
  read(id: string): Promise<ImageBytes>;
  tile(id: string, level: number, col: number, row: number): Promise<ImageBytes>;
}

/** Maps with their values by content id; an id that is not stored is refused with `notFound`. */
export interface Maps {
  info(id: string): Promise<MapsInfo>;
  /** A zlib stream. */
  tile(
    id: string,
    group: string,
    place: { readonly level: number; readonly col: number; readonly row: number },
  ): Promise<Uint8Array>;
}

export interface DocumentBytes {
  readonly bytes: Uint8Array;
  readonly type: string;
  /** What the file is called when it is saved. */
  readonly name: string;
}

/** Files made on demand, such as a study's report; whoever may not see them is refused with `notAllowed`. */
export interface Documents {
  /** @param segments of the path after `documents`, e.g. `studies/<id>/report.pdf` */
  read(segments: readonly string[], query: URLSearchParams, caller: Caller): Promise<DocumentBytes>;
}

export interface Services extends Procedures {
  readonly documents: Documents;
  readonly images: Images;
  readonly maps: Maps;
  readonly uploads: Uploads;
}

/** The part of the log that the server writes to. */
export type ServerLog = Pick<Log, 'info' | 'warn' | 'error'>;
