/** Whatever is changed in, put into or cut off the audit log from outside is found. */

import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../clock/index.ts';
import { migrate, migrations } from '../store/migrations/index.ts';
import { type Audit, canonicalJson, createAudit, createAuditReader } from './index.ts';

let folder: string;
let db: Database.Database;
let audit: Audit;
const anchor = () => join(folder, 'audit-head.json');
const rows = 200;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trugrade-audit-'));
  db = new Database(join(folder, 'audit.sqlite'));
  db.pragma('synchronous = OFF');
  migrate(db, migrations, () => undefined);
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  audit = createAudit(db, clock, anchor());
  db.transaction(() => {
    for (let row = 1; row <= rows; row += 1) {
      clock.advance(1000);
      const reason = row % 3 === 0 ? `Grund №${row}` : null;
      audit.append({
        actor: 'op',
        action: 'grading.insert',
        subject: `g${row}`,
        reason,
        payload: { row, é: '\u0000\ufffd' },
      });
    }
  })();
  audit.anchorHead();
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const dropTriggers = () => db.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete');

test('an untouched log verifies and its hashes are SHA-256 over the hash before and the canonical row', () => {
  const verdict = audit.verify();
  expect(verdict).toMatchObject({ rows, ok: true, firstBadSeq: null });
  let previous = '0'.repeat(64);
  for (const row of audit.list({ limit: rows }).items.reverse()) {
    const payload = `{\\"row\\":${row.seq},\\"é\\":\\"\\\\u0000\ufffd\\"}`;
    const reason = row.reason === null ? 'null' : `"${row.reason}"`;
    const text = `{"action":"grading.insert","actor":"op","payload":"${payload}","reason":${reason},"seq":${row.seq},"subject":"g${row.seq}","time":"${row.time}"}`;
    previous = hash('sha256', previous + text, 'hex');
    expect(row.hash).toBe(previous);
  }
  expect(verdict.head).toBe(previous);
});

test('rows can be neither changed nor removed through SQL', () => {
  expect(() => db.exec("UPDATE audit SET actor = 'x' WHERE seq = 3")).toThrow(/cannot be changed/);
  expect(() => db.exec('DELETE FROM audit WHERE seq = 3')).toThrow(/cannot be changed/);
  expect(() => db.exec('INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 3')).toThrow(/cannot be changed/);
});

test('a change of any single byte of any stored field is found', { timeout: 60_000 }, () => {
  dropTriggers();
  const fields = ['time', 'actor', 'action', 'subject', 'reason', 'payload_json', 'prev_hash', 'hash'];
  let flips = 0;
  const missed: string[] = [];
  db.exec('BEGIN');
  for (const field of fields) {
    const read = db.prepare<[number], Buffer | null>(`SELECT CAST(${field} AS BLOB) FROM audit WHERE seq = ?`).pluck();
    const write = db.prepare(`UPDATE audit SET ${field} = CAST(? AS TEXT) WHERE seq = ?`);
    for (let seq = 1; seq <= rows; seq += 1) {
      const bytes = read.get(seq);
      for (let at = 0; at < (bytes?.length ?? 0); at += 1) {
        const changed = Buffer.from(bytes ?? []);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << (flips % 8)), at);
        write.run(changed, seq);
        // From just before the row is the same arithmetic as from the start; the whole way is taken now and then.
        const verdict = flips % 499 === 0 ? audit.verify() : audit.verifyTail(rows - seq + 1);
        if (verdict.ok) missed.push(`${field} of row ${seq}, byte ${at}`);
        flips += 1;
      }
      write.run(bytes ?? null, seq);
    }
  }
  db.exec('ROLLBACK');
  expect(missed).toEqual([]);
  expect(flips).toBeGreaterThan(40_000);
  expect(audit.verify().ok).toBe(true);
});

test('a change of the row number is found', { timeout: 60_000 }, () => {
  dropTriggers();
  const missed: number[] = [];
  const move = db.prepare('UPDATE audit SET seq = ? WHERE seq = ?');
  db.exec('BEGIN');
  for (let seq = 1; seq <= rows; seq += 1) {
    for (const bit of [256, 1024, 65_536]) {
      move.run(seq + bit, seq);
      if (audit.verify().ok) missed.push(seq);
      move.run(seq, seq + bit);
    }
  }
  db.exec('ROLLBACK');
  expect(missed).toEqual([]);
  db.prepare('UPDATE audit SET seq = 0 WHERE seq = 1').run();
  expect(audit.verify().ok).toBe(false);
});

test.each([
  ['the first row', 'seq = 1', 1],
  ['a row in the middle', 'seq = 100', 100],
  ['the last row', `seq = ${rows}`, rows],
  ['the last ten rows', `seq > ${rows - 10}`, rows - 9],
  ['all rows', 'true', 1],
])('removing %s is found', (_what, where, firstBad) => {
  dropTriggers();
  db.exec(`DELETE FROM audit WHERE ${where}`);
  expect(audit.verify()).toMatchObject({ ok: false, firstBadSeq: firstBad });
});

test('cut-off rows stay found after new ones are written, and a lost anchor is found', () => {
  dropTriggers();
  db.exec(`DELETE FROM audit WHERE seq > ${rows - 2}`);
  const again = createAudit(db, manualClock(new Date('2026-03-02T12:00:00Z')), anchor());
  for (let more = 0; more < 5; more += 1) {
    db.transaction(() => again.append({ actor: 'op', action: 'note', subject: 'x' }))();
    again.anchorHead();
  }
  expect(again.verify().ok).toBe(false);
  writeFileSync(anchor(), 'not an anchor');
  expect(createAuditReader(db, anchor()).verify().ok).toBe(false);
  expect(createAuditReader(db, null).verify().ok).toBe(true);
});

test('an anchor one commit behind, as after a crash, is in order', () => {
  db.transaction(() => audit.append({ actor: 'op', action: 'note', subject: 'x' }))();
  expect(audit.verify()).toMatchObject({ ok: true, rows: rows + 1 });
});

test('a row outside a transaction is refused', () => {
  expect(() => audit.append({ actor: 'op', action: 'note', subject: 'x' })).toThrow(/transaction/);
});

test('pages go backwards without gaps and the gentle way says the same', async () => {
  const first = audit.list({ limit: 150 });
  const second = audit.list({ limit: 150, before: first.items.at(-1)?.seq });
  expect([first.more, second.more]).toEqual([true, false]);
  expect([...first.items, ...second.items].map((entry) => entry.seq)).toEqual(
    Array.from({ length: rows }, (_, index) => rows - index),
  );
  expect(await audit.verifyGently(new AbortController().signal)).toEqual(audit.verify());
});

test('canonical JSON has one form for one value', () => {
  expect(canonicalJson({ b: 1, a: [true, null, 'é"\n'], c: undefined, B: -0 })).toBe(
    '{"B":0,"a":[true,null,"é\\"\\n"],"b":1}',
  );
  expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
  expect(() => canonicalJson('\ud800')).toThrow(TypeError);
});
