/** Reading and verifying the chain, from the live store, a backup or a restored copy. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { z } from 'zod';
import type { AuditEntry, auditVerdictSchema } from '../../contract/system.ts';
import { readAnchor } from './anchor.ts';
import { type ChainedRow, follows, genesisHash } from './chain.ts';

export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
interface Head {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditReader {
  /** The newest row's number and hash; 0 and the genesis hash while there is none. */
  head(): Head;
  /** Newest first; `before` is the last page's lowest seq. */
  list(query: { readonly before?: number | undefined; readonly limit: number }): { items: AuditEntry[]; more: boolean };
  /** Checks every row and the anchor. */
  verify(): AuditVerdict;
  /** The same in small steps, so that nothing else waits; throws when the signal aborts. */
  verifyGently(signal: AbortSignal, progress?: (fraction: number) => void): Promise<AuditVerdict>;
  /** Checks the newest `count` rows and the anchor only. */
  verifyTail(count: number): AuditVerdict;
  /** Whether the row that the anchor names is there with the hash it names. True where no anchor is asked for. */
  anchorFits(): boolean;
}

/** A row as the bytes that are stored: a changed byte that makes broken UTF-8 must not be smoothed over. */
interface StoredRow {
  readonly seq: number;
  readonly time: Uint8Array;
  readonly actor: Uint8Array;
  readonly action: Uint8Array;
  readonly subject: Uint8Array;
  readonly reason: Uint8Array | null;
  readonly payload: Uint8Array;
  readonly prevHash: Uint8Array;
  readonly hash: Uint8Array;
}
const stored = `SELECT seq, CAST(time AS BLOB) AS time, CAST(actor AS BLOB) AS actor, CAST(action AS BLOB) AS action,
  CAST(subject AS BLOB) AS subject, CAST(reason AS BLOB) AS reason, CAST(payload_json AS BLOB) AS payload,
  CAST(prev_hash AS BLOB) AS prevHash, CAST(hash AS BLOB) AS hash FROM audit`;
const rowsPerStep = 2000;

/** @param anchorFile null for a copy that has no anchor of its own, such as a backup */
export function createAuditReader(db: Database, anchorFile: string | null): AuditReader {
  const newest = db.prepare<[], Head>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const at = db.prepare<[number], Head>('SELECT seq, hash FROM audit WHERE seq = ?');
  const after = db.prepare<[number, number], StoredRow>(`${stored} WHERE seq > ? ORDER BY seq LIMIT ?`);
  const lowest = db.prepare<[], Head>('SELECT seq, hash FROM audit ORDER BY seq LIMIT 1');
  const count = db.prepare<[], number>('SELECT count(*) FROM audit').pluck();
  const page = db.prepare<[number, number], AuditEntry>(
    'SELECT seq, time, actor, action, subject, reason, hash FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?',
  );
  const head = () => newest.get() ?? { seq: 0, hash: genesisHash };

  const anchorFits = () => {
    if (anchorFile === null) return true;
    const anchor = readAnchor(anchorFile);
    if (anchor === undefined) return false;
    return anchor.seq === 0 ? anchor.hash === genesisHash : at.get(anchor.seq)?.hash === anchor.hash;
  };
  const verdict = (firstBadSeq: number | null): AuditVerdict => {
    const top = head();
    // Rows cut off the end: the first one missing is the first bad one.
    const bad = firstBadSeq ?? (anchorFits() ? null : top.seq + 1);
    return { rows: count.get() ?? 0, ok: bad === null, firstBadSeq: bad, head: top.hash };
  };
  /** One step: where the chain stands after it, or the first bad row; `done` when no rows are left. */
  const step = (previous: Head): { previous: Head; bad: number | null; done: boolean } => {
    let last = previous;
    let rows = 0;
    for (const raw of after.iterate(previous.seq, rowsPerStep)) {
      const row = decode(raw);
      if (row === undefined || !follows(last, row)) return { previous: last, bad: last.seq + 1, done: true };
      last = row;
      rows += 1;
    }
    return { previous: last, bad: null, done: rows < rowsPerStep };
  };
  const walk = (from: Head): AuditVerdict => {
    let state = step(from);
    while (!state.done) state = step(state.previous);
    return verdict(state.bad);
  };
  const start: Head = { seq: 0, hash: genesisHash };
  const strangerBelow = () => (lowest.get()?.seq ?? 1) < 1;

  return {
    head,
    anchorFits,
    list({ before, limit }) {
      const rows = page.all(before ?? Number.MAX_SAFE_INTEGER, limit + 1);
      return { items: rows.slice(0, limit), more: rows.length > limit };
    },
    verify: () => (strangerBelow() ? verdict(1) : walk(start)),
    async verifyGently(signal, progress) {
      if (strangerBelow()) return verdict(1);
      const total = Math.max(1, head().seq);
      let state = step(start);
      while (!state.done) {
        progress?.(Math.min(1, state.previous.seq / total));
        await breathe();
        signal.throwIfAborted();
        state = step(state.previous);
      }
      return verdict(state.bad);
    },
    verifyTail(rows) {
      const from = Math.max(0, head().seq - rows);
      const trusted = from === 0 ? start : at.get(from);
      return trusted === undefined ? verdict(from) : walk(trusted);
    },
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined when any field is not valid UTF-8. */
function decode(row: StoredRow): ChainedRow | undefined {
  try {
    return {
      seq: row.seq,
      time: utf8.decode(row.time),
      actor: utf8.decode(row.actor),
      action: utf8.decode(row.action),
      subject: utf8.decode(row.subject),
      reason: row.reason === null ? null : utf8.decode(row.reason),
      payload: utf8.decode(row.payload),
      prevHash: utf8.decode(row.prevHash),
      hash: utf8.decode(row.hash),
    };
  } catch {
    return undefined;
  }
}
