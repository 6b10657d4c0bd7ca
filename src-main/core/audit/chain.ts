/** The arithmetic of the chain: each row's hash covers the row and the hash before it. */
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';

/** What a row says, apart from its hashes. */
export interface AuditRow {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  /** Canonical JSON. */
  readonly payload: string;
}

export interface ChainedRow extends AuditRow {
  readonly prevHash: string;
  readonly hash: string;
}

/** Stands before the first row. */
export const genesisHash = '0'.repeat(64);

/** SHA-256, hex, of the hash before (as 64 hex digits) followed by the row's canonical JSON, as UTF-8. */
export function hashRow(prevHash: string, row: AuditRow): string {
  const { seq, time, actor, action, subject, reason, payload } = row;
  return hash('sha256', prevHash + canonicalJson({ seq, time, actor, action, subject, reason, payload }), 'hex');
}

/** Whether a row follows the one before it unchanged. */
export function follows(previous: { readonly seq: number; readonly hash: string }, row: ChainedRow): boolean {
  return row.seq === previous.seq + 1 && row.prevHash === previous.hash && row.hash === hashRow(previous.hash, row);
}
