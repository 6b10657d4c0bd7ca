/**
 * The audit log: who did what to which record, when and why; insert-only, each row chained to the one before.
 *
 * What `verify` finds: any change to any stored field of any row, rows removed from the middle or put in, and
 * rows removed from the end down to the anchored head. What it cannot find: a forger who may write the whole data
 * folder can recompute every hash and the anchor. Against that, note the head elsewhere now and then (it is in every
 * backup's manifest and in `verify`'s answer) and compare. Between a commit and its anchor there is a moment
 * in which the newest row is not anchored yet; a crash just then costs nothing but that row's protection until the next.
 */
import type { Database } from 'better-sqlite3';
import type { AuditEntry } from '../../contract/system.ts';
import type { Clock } from '../clock/index.ts';
import { readAnchor, writeAnchor } from './anchor.ts';
import { canonicalJson, type Json } from './canonical.ts';
import { type ChainedRow, genesisHash, hashRow } from './chain.ts';
import { type AuditReader, createAuditReader } from './reader.ts';

export { type Anchor, readAnchor, writeAnchor } from './anchor.ts';
export { canonicalJson, type Json } from './canonical.ts';
export { genesisHash } from './chain.ts';
export { type AuditReader, type AuditVerdict, createAuditReader } from './reader.ts';

export interface AuditEvent {
  readonly actor: string;
  /** `noun.verb`, e.g. `grading.insert`. */
  readonly action: string;
  /** The id of what was changed. */
  readonly subject: string;
  readonly reason?: string | null;
  readonly payload?: Json;
}

export interface Audit extends AuditReader {
  /** Adds a row; only inside the transaction of the change it tells of. */
  append(event: AuditEvent): AuditEntry;
  /** Call after each commit: notes the head outside the database. Throws the file system's errors. */
  anchorHead(): void;
}

/**
 * @param db an open database with the table `audit` (made by the store's migrations)
 * @param anchorFile path of the side file; made here when the log is still empty
 */
export function createAudit(db: Database, clock: Clock, anchorFile: string): Audit {
  const reader = createAuditReader(db, anchorFile);
  const insert = db.prepare(
    `INSERT INTO audit (seq, time, actor, action, subject, reason, payload_json, prev_hash, hash)
     VALUES (:seq, :time, :actor, :action, :subject, :reason, :payload, :prevHash, :hash)`,
  );
  if (reader.head().seq === 0 && readAnchor(anchorFile) === undefined) {
    writeAnchor(anchorFile, { seq: 0, hash: genesisHash });
  }
  // An anchor that does not fit is kept as it is: moving it on would hide what it has found.
  const anchorFits = reader.anchorFits();

  return {
    ...reader,
    append(event) {
      if (!db.inTransaction) throw new Error('an audit row belongs into the transaction of its change');
      const head = reader.head();
      const row = {
        seq: head.seq + 1,
        time: clock.now().toISOString(),
        actor: event.actor,
        action: event.action,
        subject: event.subject,
        reason: event.reason ?? null,
        payload: canonicalJson(event.payload ?? {}),
      };
      const chained: ChainedRow = { ...row, prevHash: head.hash, hash: hashRow(head.hash, row) };
      insert.run(chained);
      const { payload: _payload, prevHash: _prevHash, ...entry } = chained;
      return entry;
    },
    anchorHead() {
      if (anchorFits) writeAnchor(anchorFile, reader.head());
    },
  };
}
