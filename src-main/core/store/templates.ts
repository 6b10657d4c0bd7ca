/** Design templates in the store: each change a new version with its audit row, in the caller's transaction. */
import type { Database } from 'better-sqlite3';
import { type TemplateSummary, templateSummarySchema } from '../../contract/templates.ts';
import type { Audit } from '../audit/index.ts';
import { refuse } from '../errors/index.ts';
import type { TemplatesReadable, TemplatesWritable } from './types.ts';

interface Row {
  readonly seq: number;
  readonly archived: number;
  readonly version: number;
  readonly summary: string;
}

interface VersionRow {
  readonly number: number;
  readonly time: string;
  readonly actor: string;
  readonly summary: string;
}

const columns = 't.seq, t.archived, t.version, v.summary_json AS summary';
const joined = 'templates t JOIN template_versions v ON v.template = t.seq AND v.number = t.version';

export interface TemplatesReader extends TemplatesReadable {
  /** Throws `notFound`. */
  row(id: string): Row;
}

const summaryOf = (row: Row): TemplateSummary => ({
  ...templateSummarySchema.parse(JSON.parse(row.summary)),
  version: row.version,
  archived: row.archived === 1,
});

export function createTemplatesReader(db: Database): TemplatesReader {
  const byId = db.prepare<[string], Row>(`SELECT ${columns} FROM ${joined} WHERE t.id = ?`);
  const all = db.prepare<[number], Row>(`SELECT ${columns} FROM ${joined} WHERE t.archived = ? ORDER BY t.seq DESC`);
  const versions = db.prepare<[number], VersionRow>(
    'SELECT number, time, actor, summary_json AS summary FROM template_versions WHERE template = ? ORDER BY number DESC',
  );
  const row = (id: string) => {
    const found = byId.get(id);
    if (found) return found;
    throw refuse('notFound', 'there is no such template', 'go back to the list of templates', { field: 'id' });
  };
  return {
    row,
    get: (id) => summaryOf(row(id)),
    list: (archived) => all.all(archived ? 1 : 0).map(summaryOf),
    history(id) {
      const { seq, archived } = row(id);
      return versions.all(seq).map(({ number: version, time, actor, summary }) => ({
        ...{ version, time, actor },
        summary: summaryOf({ seq, archived, version, summary }),
      }));
    },
  };
}

export interface TemplatesWriterParts {
  readonly db: Database;
  readonly audit: Audit;
  readonly reader: TemplatesReader;
  readonly now: () => string;
  /** Gives a durable file its row. Throws `file.missing`. */
  readonly addFile: (tx: TemplatesTx, id: string) => void;
}

export interface TemplatesTx {
  readonly actor: string;
  readonly settled: Set<string>;
}

export function createTemplatesWriter(parts: TemplatesWriterParts): (tx: TemplatesTx) => TemplatesWritable {
  const { db, audit, reader } = parts;
  const insertTemplate = db.prepare('INSERT INTO templates (id, version) VALUES (?, 1)');
  const setVersion = db.prepare('UPDATE templates SET version = ? WHERE seq = ?');
  const archive = db.prepare('UPDATE templates SET archived = ? WHERE seq = ?');
  const insertVersion = db.prepare(
    `INSERT INTO template_versions (template, number, time, actor, summary_json, content, preview)
     VALUES (:template, :number, :time, :actor, :summary, :content, :preview)`,
  );
  const exists = db.prepare<[string], number>('SELECT 1 FROM templates WHERE id = ?').pluck();

  const addVersion = (tx: TemplatesTx, template: number, given: TemplateSummary) => {
    const summary = templateSummarySchema.parse(given);
    parts.addFile(tx, summary.content);
    if (summary.preview !== null) parts.addFile(tx, summary.preview);
    const { version: number, content, preview } = summary;
    const said = { time: parts.now(), actor: tx.actor, summary: JSON.stringify(summary) };
    insertVersion.run({ template, number, content, preview, ...said });
    return summary;
  };

  return (tx) => ({
    insert(given) {
      if (exists.get(given.id) !== undefined)
        throw refuse('conflict', `there is a template ${given.id} already`, 'give the new one its own id', {
          field: 'id',
        });
      const { lastInsertRowid } = insertTemplate.run(given.id);
      const summary = addVersion(tx, Number(lastInsertRowid), { ...given, version: 1, archived: false });
      audit.append({ actor: tx.actor, action: 'template.insert', subject: summary.id, payload: { summary } });
      return summary;
    },
    revise(id, change, reason) {
      const row = reader.row(id);
      const before = summaryOf(row);
      const version = row.version + 1;
      setVersion.run(version, row.seq);
      const summary = addVersion(tx, row.seq, { ...before, ...change, id, version });
      audit.append({ actor: tx.actor, action: 'template.revise', subject: id, reason, payload: { before, summary } });
      return summary;
    },
    setArchived(id, archived) {
      const row = reader.row(id);
      if ((row.archived === 1) !== archived) {
        archive.run(archived ? 1 : 0, row.seq);
        audit.append({ actor: tx.actor, action: archived ? 'template.archive' : 'template.restore', subject: id });
      }
      return summaryOf(reader.row(id));
    },
  });
}
