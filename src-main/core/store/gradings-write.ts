/** Gradings as they are written: each change with its audit row, in the caller's transaction. */
import type { Database } from 'better-sqlite3';
import { type Grading, type GradingSummary, gradingSchema } from '../../contract/gradings.ts';
import type { Audit, Json } from '../audit/index.ts';
import { refuse } from '../errors/index.ts';
import { createAddFile } from './file-rows.ts';
import { frameName, framesName, type GradingsReader, mapsName, packReport, summaryOf } from './gradings-read.ts';
import { searchText } from './search.ts';
import type { GradingsWritable, KeptFrames } from './types.ts';

export interface GradingsWriterParts {
  readonly db: Database;
  readonly audit: Audit;
  readonly reader: GradingsReader;
  readonly now: () => string;
  /** Bytes on disk of a durable file; undefined when there is none. */
  readonly fileBytes: (id: string) => number | undefined;
}

/** What a transaction adds to a call: who did it, and the files that have rows from now on. */
export interface GradingsTx {
  readonly actor: string;
  readonly settled: Set<string>;
}

export function createGradingsWriter(parts: GradingsWriterParts): (tx: GradingsTx) => GradingsWritable {
  const { db, audit, reader } = parts;
  const insertGrading = db.prepare(
    'INSERT INTO gradings (id, status, archived, summary_json, search) VALUES (:id, :status, :archived, :summary, :search)',
  );
  const updateGrading = db.prepare(
    'UPDATE gradings SET status = :status, revision = :revision, summary_json = :summary, search = :search WHERE seq = :seq',
  );
  const archive = db.prepare('UPDATE gradings SET archived = ? WHERE seq = ?');
  const exists = db.prepare<[string], number>('SELECT 1 FROM gradings WHERE id = ?').pluck();
  const insertRevision = db.prepare(
    `INSERT INTO revisions (grading, number, time, actor, reason, summary_json, report_gzip, report_sha256)
     VALUES (:grading, :number, :time, :actor, :reason, :summary, :gzip, :sha256)`,
  );
  const refer = db.prepare(
    `INSERT INTO grading_files (grading, role, place, name, file, width_px, height_px)
     VALUES (:grading, :role, :place, :name, :file, :widthPx, :heightPx)`,
  );

  const addFile = createAddFile(db, parts.fileBytes);
  const addFiles = (tx: GradingsTx, grading: number, { views, maps, summary }: Grading) => {
    views.forEach((view, place) => {
      addFile(tx, view.image);
      const { name, image, widthPx, heightPx } = view;
      refer.run({ grading, role: 'view', place, name, file: image, widthPx, heightPx });
    });
    if (maps !== null) {
      addFile(tx, maps.id);
      const size = { widthPx: null, heightPx: null };
      refer.run({ grading, role: 'view', place: views.length, name: mapsName, file: maps.id, ...size });
    }
    if (summary.thumbnail === null) return;
    addFile(tx, summary.thumbnail);
    refer.run({
      grading,
      role: 'thumbnail',
      place: 0,
      name: '',
      file: summary.thumbnail,
      widthPx: null,
      heightPx: null,
    });
  };
  const addFrames = (tx: GradingsTx, grading: number, { manifest, files }: KeptFrames) => {
    const size = { widthPx: null, heightPx: null };
    for (const [i, file] of [manifest, ...files].entries()) {
      addFile(tx, file);
      const name = i === 0 ? framesName : frameName;
      refer.run({ grading, role: 'view', place: firstFramePlace + i, name, file, ...size });
    }
  };
  const addRevision = (
    tx: GradingsTx,
    grading: number,
    number: number,
    { summary, report }: Pick<Grading, 'summary' | 'report'>,
    reason: string | null,
  ): string => {
    const { gzip, sha256 } = packReport(report);
    const said = { time: parts.now(), actor: tx.actor, reason, summary: JSON.stringify(summary) };
    insertRevision.run({ grading, number, ...said, gzip, sha256 });
    return sha256;
  };

  return (tx) => ({
    insert(given, frames = null) {
      const grading = parse(given);
      const { summary, views, maps } = grading;
      if (exists.get(summary.id) !== undefined) {
        throw refuse('conflict', `there is a grading ${summary.id} already`, 'give the new one its own id', {
          field: 'id',
        });
      }
      const { id, status, archived } = summary;
      const { lastInsertRowid } = insertGrading.run({
        id,
        status,
        archived: archived ? 1 : 0,
        summary: JSON.stringify(summary),
        search: searchOf(summary),
      });
      const seq = Number(lastInsertRowid);
      addFiles(tx, seq, grading);
      if (frames) addFrames(tx, seq, frames);
      const reportSha256 = addRevision(tx, seq, 1, grading, null);
      const payload: Json = { revision: 1, summary, reportSha256, views, maps, frames: frames?.manifest ?? null };
      audit.append({ actor: tx.actor, action: 'grading.insert', subject: id, payload });
    },
    revise(id, given, reason) {
      const row = reader.row(id);
      const before = reader.get(id);
      const revised = parse({
        ...given,
        summary: { ...given.summary, archived: row.archived === 1 },
        views: before.views,
        maps: before.maps,
        frames: before.frames,
      });
      const { summary } = revised;
      if (summary.id !== id || summary.thumbnail !== before.summary.thumbnail) {
        throw refuse('conflict', 'a revision keeps the id and the pictures', 'insert it as a grading of its own', {
          field: summary.id === id ? 'summary.thumbnail' : 'summary.id',
        });
      }
      const revision = row.revision + 1;
      const said = { status: summary.status, summary: JSON.stringify(summary), search: searchOf(summary) };
      updateGrading.run({ seq: row.seq, revision, ...said });
      const reportSha256 = addRevision(tx, row.seq, revision, revised, reason);
      const payload: Json = { revision, before: before.summary, summary, reportSha256 };
      audit.append({ actor: tx.actor, action: 'grading.revise', subject: id, reason, payload });
      return revised;
    },
    attachMaps(id, maps, reason = null) {
      const row = reader.row(id);
      const { views, maps: there } = reader.get(id);
      if (there) throw refuse('conflict', 'this grading has its maps already', 'keep those that are there');
      addFile(tx, maps.id);
      const size = { widthPx: null, heightPx: null };
      refer.run({ grading: row.seq, role: 'view', place: views.length, name: mapsName, file: maps.id, ...size });
      audit.append({ actor: tx.actor, action: 'grading.maps', subject: id, reason, payload: { maps } });
    },
    setArchived(id, archived, reason) {
      const row = reader.row(id);
      if ((row.archived === 1) === archived) return summaryOf(row);
      archive.run(archived ? 1 : 0, row.seq);
      const action = archived ? 'grading.archive' : 'grading.restore';
      audit.append({ actor: tx.actor, action, subject: id, reason });
      return summaryOf(reader.row(id));
    },
  });
}

/** Far behind the places of pictures and maps. */
const firstFramePlace = 1000;

const searchOf = (summary: GradingSummary) => searchText([summary.sourceName, summary.cardId, summary.label]);

/** What goes in must come out: nothing is stored that the contract would not read back. */
function parse(grading: Grading): Grading {
  const parsed = gradingSchema.safeParse(grading);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? 'grading';
  throw refuse(
    'schema.invalid',
    `the grading does not fit its schema (${issue?.message ?? 'unknown'})`,
    'this is a fault of the program: please report it with the log',
    {
      field,
    },
  );
}
