/** Gradings as they are read: one, a page, the revisions. */
import { hash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import {
  framesRefSchema,
  type Grading,
  type GradingSummary,
  gradingSummarySchema,
  type View,
} from '../../contract/gradings.ts';
import { type Report, reportSchema, viewSchema } from '../../contract/report.ts';
import { mapsRefSchema } from '../../contract/surface-maps.ts';
import { refuse } from '../errors/index.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { searchWords } from './search.ts';
import type { GradingPage, GradingQuery, GradingsReadable, Revision } from './types.ts';

/** The maps with their values are kept as one more view of the side, under this name. */
export const mapsName = 'maps';
/** So are the photographs: what they are, under the first name, and each file of them under the second. */
export const framesName = 'frames';
export const frameName = 'frame';

export interface GradingRow {
  readonly seq: number;
  readonly revision: number;
  readonly archived: number;
  readonly summary: string;
}
interface RevisionRow {
  readonly number: number;
  readonly time: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly summary: string;
  readonly sha256: string;
}
interface ReportRow {
  readonly gzip: Uint8Array;
  readonly sha256: string;
}

export interface GradingsReader extends GradingsReadable {
  /** Throws `notFound`. */
  row(id: string): GradingRow;
}

/** A report as it is stored. */
export function packReport(report: Report): ReportRow {
  const json = JSON.stringify(report);
  return { gzip: gzipSync(json), sha256: hash('sha256', json, 'hex') };
}

function unpackReport(id: string, row: ReportRow): Report {
  const json = gunzipSync(row.gzip).toString('utf8');
  if (hash('sha256', json, 'hex') === row.sha256) return reportSchema.parse(JSON.parse(json));
  throw refuse('store.damaged', `the report of grading ${id} was changed from outside`, 'restore it from a backup');
}

export function summaryOf(row: Pick<GradingRow, 'summary' | 'archived'>): GradingSummary {
  return { ...gradingSummarySchema.parse(JSON.parse(row.summary)), archived: row.archived === 1 };
}

export function createGradingsReader(db: Database): GradingsReader {
  const byId = db.prepare<[string], GradingRow>(
    'SELECT seq, revision, archived, summary_json AS summary FROM gradings WHERE id = ?',
  );
  const report = db.prepare<[number, number], ReportRow>(
    'SELECT report_gzip AS gzip, report_sha256 AS sha256 FROM revisions WHERE grading = ? AND number = ?',
  );
  const history = db.prepare<[number], RevisionRow>(
    `SELECT number, time, actor, reason, summary_json AS summary, report_sha256 AS sha256
     FROM revisions WHERE grading = ? ORDER BY number`,
  );
  const views = db.prepare<[number], unknown>(
    `SELECT name, file AS image, width_px AS widthPx, height_px AS heightPx
     FROM grading_files WHERE grading = ? AND role = 'view' AND name NOT IN ('${mapsName}', '${framesName}', '${frameName}')
     ORDER BY place`,
  );
  const maps = db.prepare<[number], unknown>(
    `SELECT f.id, f.bytes FROM grading_files g JOIN files f ON f.id = g.file
     WHERE g.grading = ? AND g.role = 'view' AND g.name = '${mapsName}' AND f.missing = 0`,
  );
  const frames = db.prepare<[number], unknown>(
    `SELECT max(CASE WHEN name = '${framesName}' THEN id END) AS id, sum(bytes) AS bytes FROM (
       SELECT DISTINCT g.name, f.id, f.bytes, f.missing FROM grading_files g JOIN files f ON f.id = g.file
       WHERE g.grading = ? AND g.role = 'view' AND g.name IN ('${framesName}', '${frameName}'))
     HAVING sum(missing) = 0`,
  );
  const count = db.prepare<[], number>('SELECT count(*) FROM gradings').pluck();

  const row = (id: string): GradingRow => {
    const found = byId.get(id);
    if (found) return found;
    throw refuse('notFound', `there is no grading ${JSON.stringify(id)}`, 'reload the list of gradings', {
      field: 'id',
    });
  };
  const reportOf = (id: string, seq: number, number: number): Report => {
    const found = report.get(seq, number);
    if (found) return unpackReport(id, found);
    throw refuse('notFound', `grading ${id} has no revision ${number}`, 'look at its list of revisions', {
      field: 'revision',
    });
  };

  return {
    row,
    get(id): Grading {
      const found = row(id);
      const seen: View[] = views.all(found.seq).map((view) => viewSchema.parse(view));
      const held = mapsRefSchema.safeParse(maps.get(found.seq));
      const taken = framesRefSchema.safeParse(frames.get(found.seq));
      return {
        summary: summaryOf(found),
        report: reportOf(id, found.seq, found.revision),
        views: seen,
        maps: held.success ? held.data : null,
        frames: taken.success ? taken.data : null,
      };
    },
    page: (query) => page(db, query),
    total: () => count.get() ?? 0,
    revisions: (id): Revision[] =>
      history.all(row(id).seq).map(({ summary, sha256, ...rest }) => ({
        ...rest,
        summary: gradingSummarySchema.parse(JSON.parse(summary)),
        reportSha256: sha256,
      })),
    report: (id, number) => reportOf(id, row(id).seq, number),
  };
}

/** Keyset paging: a page starts below the last one's end, so rows that come or go never shift it. */
function page(db: Database, query: GradingQuery): GradingPage {
  const where = ['archived = ?'];
  const values: (string | number)[] = [query.archived ? 1 : 0];
  if (query.status !== undefined) {
    where.push('status = ?');
    values.push(query.status);
  }
  for (const word of searchWords(query.text)) {
    // instr, not LIKE: nothing in the word has a meaning of its own.
    where.push('instr(search, ?) > 0');
    values.push(word);
  }
  const filter = where.join(' AND ');
  const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(query.cursor);
  const rows = db
    .prepare<(string | number)[], GradingRow>(
      `SELECT seq, revision, archived, summary_json AS summary FROM gradings
       WHERE ${filter} AND seq < ? ORDER BY seq DESC LIMIT ?`,
    )
    .all(...values, before, query.limit + 1);
  const total = db
    .prepare<(string | number)[], number>(`SELECT count(*) FROM gradings WHERE ${filter}`)
    .pluck()
    .get(...values);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(summaryOf),
    nextCursor: rows.length > shown.length && last !== undefined ? writeCursor(last.seq) : null,
    total: total ?? 0,
  };
}
