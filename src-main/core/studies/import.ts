/** A table of measurements as a complete study: every column of numbers becomes a response. */
import type { Response, StudyImport, StudyPlan, StudyReading } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import {
  crossed,
  findColumn,
  inOrder,
  needColumn,
  numberAt,
  numericColumns,
  readTable,
  type Table,
  textAt,
} from '../msa/index.ts';

export interface ImportedStudy {
  readonly plan: StudyPlan;
  readonly readings: readonly StudyReading[];
}

type Software = StudyPlan['software'];

interface Placed {
  readonly part: string;
  readonly operator: string;
  readonly trial: string;
}

/** Columns that the study's own export has beside the responses. */
const bookkeeping = new Set(['step', 'order', 'time', 'attempt', 'simulated']);

/** @throws AppError naming file, row and column */
export function importStudy(request: StudyImport, software: Software): ImportedStudy {
  const { kind, file, tolerance, reference } = request;
  const table = readTable(request.text, file);
  const placed = placesOf(table, kind);
  const { columns, references } = valueColumns(table, kind);
  if (kind === 'grr')
    for (const column of columns)
      if (table.rows.every((row) => valueAt(table, row, column) !== null)) checkBalance(table, placed, column);
  const parts = inOrder(placed.map((p) => p.part));
  const operators = inOrder(placed.map((p) => p.operator));
  const trials = inOrder(placed.map((p) => p.trial));
  if (kind === 'type1' && parts.length > 1)
    throw refuse('value.invalid', `there are ${parts.length} parts, a type-1 study has one`, 'give one part alone', {
      file,
      field: 'part',
    });
  const responses = columns.map(({ name }): Response => ({ key: name, label: name, group: 'column', unit: '' }));
  const simulated = simulatedRows(table);
  const given =
    kind === 'type1' && reference !== null ? Object.fromEntries(columns.map(({ name }) => [name, reference])) : {};
  const plan: StudyPlan = {
    ...{ kind, name: file, parts: [...parts], operators: [...operators], trials: trials.length, replace: true },
    ...{
      origin: 'csv',
      rigId: null,
      simulated: simulated.includes(true),
      conditions: '',
      seed: 0,
      software,
      responses,
    },
    tolerances: { width: null, centering: null, size: null, column: tolerance },
    references: { ...given, ...references },
    steps: placed.map((p) => ({
      part: parts.indexOf(p.part),
      operator: operators.indexOf(p.operator),
      trial: trials.indexOf(p.trial),
    })),
  };
  const readings = table.rows.map(
    (row, i): StudyReading => ({
      values: Object.fromEntries(columns.map((column) => [column.name, valueAt(table, row, column)])),
      ...{
        uncertainties: {},
        calibration: null,
        truth: null,
        source: `${file}, row ${row.line}`,
        simulated: simulated[i] ?? false,
        warnings: [],
        software,
      },
    }),
  );
  return { plan, readings };
}

/** Null where the cell is empty, as in our own export where a station could not be measured. */
function valueAt(table: Table, row: Table['rows'][number], column: { name: string; index: number }): number | null {
  return (row.cells[column.index] ?? '').trim() === '' ? null : numberAt(table, row, column);
}

/** What our own export says of each row, so that simulated values stay labelled when they come back. */
function simulatedRows(table: Table): readonly boolean[] {
  const index = table.header.indexOf('simulated');
  return table.rows.map((row) => index >= 0 && row.cells[index]?.trim() === 'yes');
}

/** Part, operator and trial of every row; what a kind does not have is one and the same, or the row's number. */
function placesOf(table: Table, kind: StudyImport['kind']): readonly Placed[] {
  const reference = kind === 'linearity' ? needColumn(table, 'reference') : undefined;
  const part = kind === 'grr' ? needColumn(table, 'part') : (findColumn(table, 'part') ?? reference);
  const operator = kind === 'grr' ? needColumn(table, 'operator') : findColumn(table, 'operator');
  const trial = findColumn(table, 'trial');
  const counts = new Map<string, number>();
  return table.rows.map((row) => {
    const [partName, operatorName] = [part, operator].map((column) => (column ? textAt(table, row, column) : '1'));
    const cell = JSON.stringify([partName, operatorName]);
    const count = (counts.get(cell) ?? 0) + 1;
    counts.set(cell, count);
    return {
      part: partName ?? '1',
      operator: operatorName ?? '1',
      trial: trial && kind === 'grr' ? textAt(table, row, trial) : String(count),
    };
  });
}

function valueColumns(table: Table, kind: StudyImport['kind']) {
  const reference = kind === 'linearity' ? needColumn(table, 'reference') : undefined;
  const taken = [findColumn(table, 'part'), findColumn(table, 'operator'), findColumn(table, 'trial'), reference];
  const counters = table.header.flatMap((_, index) =>
    table.rows.every((row, i) => Number(row.cells[index]) === i + 1) ? [index] : [],
  );
  const without = [...taken.flatMap((column) => column?.index ?? []), ...counters];
  const columns = numericColumns(table, without).filter(({ name }) => !bookkeeping.has(name.toLowerCase()));
  if (columns.length > 0 && columns.length <= 200) return { columns, references: referencesOf(table, reference) };
  // A column of the right name that holds no numbers: reading it says where.
  const named = columns.length === 0 ? findColumn(table, 'value') : undefined;
  if (named) for (const row of table.rows) numberAt(table, row, named);
  throw refuse(
    'value.invalid',
    columns.length === 0 ? 'no column holds measurements' : `${columns.length} columns hold numbers`,
    columns.length === 0 ? 'add a column "measurement" with numbers' : 'give at most 200 responses',
    { file: table.file },
  );
}

/** True value of each part; @throws AppError when a part has two */
function referencesOf(table: Table, reference: { name: string; index: number } | undefined): Record<string, number> {
  if (!reference) return {};
  const part = findColumn(table, 'part') ?? reference;
  const found: Record<string, number> = {};
  for (const row of table.rows) {
    const name = textAt(table, row, part);
    const value = numberAt(table, row, reference);
    if (found[name] !== undefined && found[name] !== value)
      throw refuse(
        'value.invalid',
        `part ${name} has two references, ${found[name]} and ${value}`,
        'correct one of the two rows',
        {
          file: table.file,
          field: `${reference.name}, row ${row.line}`,
        },
      );
    found[name] = value;
  }
  return found;
}

/** Refuses before anything is stored: the errors of the analysis with file, row and column. */
function checkBalance(table: Table, placed: readonly Placed[], column: { name: string; index: number }): void {
  crossed(
    table.rows.map((row, i) => ({
      ...(placed[i] ?? { part: '', operator: '', trial: '' }),
      value: numberAt(table, row, column),
      place: `row ${row.line}`,
    })),
    table.file,
  );
}
