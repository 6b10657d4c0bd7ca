/** Studies in the store: read as rows with their readings, written with an audit row for each change. */
import type { Database } from 'better-sqlite3';
import { type StudyPlan, type StudyReading, studyPlanSchema, studyReadingSchema } from '../../contract/studies.ts';
import type { Audit } from '../audit/index.ts';
import { refuse } from '../errors/index.ts';

/** `complete` is no stored state: it follows from the readings. */
export type StoredStudyState = 'open' | 'paused' | 'cancelled';

export interface StoredReading {
  readonly step: number;
  readonly attempt: number;
  readonly time: string;
  readonly actor: string;
  /** Why it no longer counts; null while it is in force. */
  readonly withdrawn: string | null;
  readonly reading: StudyReading;
}

export interface StoredStudy {
  readonly id: string;
  readonly createdAt: string;
  readonly actor: string;
  readonly state: StoredStudyState;
  readonly plan: StudyPlan;
}

export interface StudiesReadable {
  /** Newest first, with the number of steps that have a reading in force. */
  list(): readonly (StoredStudy & { readonly done: number })[];
  /** Throws `notFound`. */
  get(id: string): StoredStudy;
  /** All readings by step and attempt, withdrawn ones too. */
  readings(id: string): readonly StoredReading[];
}

export interface StudiesWritable {
  /** Throws `conflict` for an id that exists. Imported studies bring their readings, in the order of the steps. */
  insert(study: Omit<StoredStudy, 'actor'>, readings?: readonly StudyReading[]): void;
  /** Throws `conflict` when the step has a reading in force. */
  addReading(id: string, step: number, reading: StudyReading): StoredReading;
  /** Throws `notFound` when the step has no reading in force. */
  withdraw(id: string, step: number, reason: string): void;
  setState(id: string, state: StoredStudyState): void;
}

interface StudyRow {
  readonly seq: number;
  readonly id: string;
  readonly createdAt: string;
  readonly actor: string;
  readonly state: StoredStudyState;
  readonly plan: string;
}
type ReadingRow = Omit<StoredReading, 'reading'> & { readonly json: string };

const columns = 's.seq, s.id, s.created_at AS createdAt, s.actor, s.state, s.plan_json AS plan';

export function createStudiesReader(db: Database): StudiesReadable & { row(id: string): StudyRow } {
  const all = db.prepare<[], StudyRow & { readonly done: number }>(
    `SELECT ${columns},
       (SELECT count(*) FROM study_readings r WHERE r.study = s.seq AND r.withdrawn IS NULL) AS done
     FROM studies s ORDER BY s.seq DESC`,
  );
  const one = db.prepare<[string], StudyRow>(`SELECT ${columns} FROM studies s WHERE s.id = ?`);
  const readingsOf = db.prepare<[number], ReadingRow>(
    `SELECT step, attempt, time, actor, withdrawn, reading_json AS json
     FROM study_readings WHERE study = ? ORDER BY step, attempt`,
  );
  const row = (id: string): StudyRow => {
    const found = one.get(id);
    if (found) return found;
    throw refuse('notFound', `there is no study ${JSON.stringify(id)}`, 'reload the list of studies', { field: 'id' });
  };
  return {
    row,
    list: () => all.all().map((each) => ({ ...studyOf(each), done: each.done })),
    get: (id) => studyOf(row(id)),
    readings: (id) => readingsOf.all(row(id).seq).map(readingOf),
  };
}

const studyOf = ({ id, createdAt, actor, state, plan }: StudyRow): StoredStudy => ({
  ...{ id, createdAt, actor, state },
  plan: studyPlanSchema.parse(JSON.parse(plan)),
});

const readingOf = ({ json, ...row }: ReadingRow): StoredReading => ({
  ...row,
  reading: studyReadingSchema.parse(JSON.parse(json)),
});

export interface StudiesWriterParts {
  readonly db: Database;
  readonly audit: Audit;
  readonly now: () => string;
}

export function createStudiesWriter({ db, audit, now }: StudiesWriterParts): (actor: string) => StudiesWritable {
  const reader = createStudiesReader(db);
  const exists = db.prepare<[string], number>('SELECT 1 FROM studies WHERE id = ?').pluck();
  const insertStudy = db.prepare(
    'INSERT INTO studies (id, created_at, actor, state, plan_json) VALUES (:id, :createdAt, :actor, :state, :plan)',
  );
  const insertReading = db.prepare(
    `INSERT INTO study_readings (study, step, attempt, time, actor, reading_json)
     VALUES (:study, :step, :attempt, :time, :actor, :json)`,
  );
  const attempts = db
    .prepare<[number, number], number>('SELECT count(*) FROM study_readings WHERE study = ? AND step = ?')
    .pluck();
  const inForce = db
    .prepare<[number, number], number>(
      'SELECT attempt FROM study_readings WHERE study = ? AND step = ? AND withdrawn IS NULL',
    )
    .pluck();
  const setWithdrawn = db.prepare(
    'UPDATE study_readings SET withdrawn = ? WHERE study = ? AND step = ? AND attempt = ?',
  );
  const updateState = db.prepare('UPDATE studies SET state = ? WHERE seq = ?');

  return (actor) => ({
    insert({ id, createdAt, state, plan }, readings = []) {
      if (exists.get(id) !== undefined)
        throw refuse('conflict', `there is a study ${id} already`, 'give the new one its own id', { field: 'id' });
      const sound = studyPlanSchema.parse(plan);
      const { lastInsertRowid } = insertStudy.run({ id, createdAt, actor, state, plan: JSON.stringify(sound) });
      const study = Number(lastInsertRowid);
      for (const [step, reading] of readings.entries())
        insertReading.run({ study, step, attempt: 1, time: createdAt, actor, json: JSON.stringify(reading) });
      const { name, kind, origin, steps, seed } = sound;
      const payload = { name, kind, origin, steps: steps.length, seed, readings: readings.length };
      audit.append({ actor, action: 'study.insert', subject: id, payload });
    },
    addReading(id, step, reading) {
      const { seq: study } = reader.row(id);
      if (inForce.get(study, step) !== undefined)
        throw refuse('conflict', `step ${step + 1} has been measured meanwhile`, 'go on with the next step', {
          field: 'step',
        });
      const attempt = (attempts.get(study, step) ?? 0) + 1;
      const time = now();
      const sound = studyReadingSchema.parse(reading);
      insertReading.run({ study, step, attempt, time, actor, json: JSON.stringify(sound) });
      audit.append({ actor, action: 'study.measure', subject: id, payload: { step, attempt, reading: sound } });
      return { step, attempt, time, actor, withdrawn: null, reading: sound };
    },
    withdraw(id, step, reason) {
      const { seq: study } = reader.row(id);
      const attempt = inForce.get(study, step);
      if (attempt === undefined)
        throw refuse('notFound', `step ${step + 1} has no measurement to take back`, 'reload the study', {
          field: 'step',
        });
      setWithdrawn.run(reason, study, step, attempt);
      audit.append({ actor, action: 'study.withdraw', subject: id, reason, payload: { step, attempt } });
    },
    setState(id, state) {
      const { seq, state: before } = reader.row(id);
      if (before === state) return;
      updateState.run(state, seq);
      audit.append({ actor, action: 'study.state', subject: id, payload: { before, after: state } });
    },
  });
}
