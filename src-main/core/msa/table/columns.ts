/** Finds the columns of a study in a table by name, and reads names and numbers out of them. */
import { refuse } from '../../errors/index.ts';
import { numberOf, type Row, type Table } from './csv.ts';

export type ColumnRole = 'part' | 'operator' | 'trial' | 'value' | 'reference' | 'first' | 'second' | 'subgroup';

/** Headers in use, without case, spaces and signs; the first that fits is taken. */
const names: Readonly<Record<ColumnRole, readonly string[]>> = {
  part: [
    'part',
    'parts',
    'partid',
    'partno',
    'sample',
    'item',
    'card',
    'cardid',
    'piece',
    'unit',
    'specimen',
    'dut',
    'teil',
  ],
  operator: [
    'operator',
    'operators',
    'op',
    'appraiser',
    'inspector',
    'rater',
    'user',
    'person',
    'instrument',
    'gage',
    'gauge',
    'prufer',
  ],
  trial: [
    'trial',
    'trials',
    'replicate',
    'rep',
    'repeat',
    'repetition',
    'run',
    'round',
    'session',
    'trialno',
    'messung',
  ],
  value: [
    'measurement',
    'measurements',
    'value',
    'values',
    'measured',
    'measuredvalue',
    'reading',
    'readings',
    'result',
    'response',
    'data',
    'messwert',
    'y',
    'x',
  ],
  reference: [
    'reference',
    'ref',
    'referencevalue',
    'master',
    'mastervalue',
    'nominal',
    'true',
    'truth',
    'target',
    'referenz',
  ],
  first: ['first', 'a', 'method1', 'methoda', 'gauge1', 'ours', 'test', 'new'],
  second: ['second', 'b', 'method2', 'methodb', 'gauge2', 'theirs', 'comparison', 'old'],
  subgroup: ['subgroup', 'group', 'date', 'day', 'time', 'session', 'batch', 'order'],
};

export type ColumnChoice = Readonly<Partial<Record<ColumnRole, string | undefined>>>;

const bare = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\(.*?\)|\[.*?\]/g, '')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase();

export interface Column {
  readonly name: string;
  readonly index: number;
}

/**
 * The column for a role: the one that the caller names, else one whose header is usual for it.
 * @throws AppError `value.invalid` when the named one is not there, or two columns fit
 */
export function findColumn(table: Table, role: ColumnRole, choice: ColumnChoice = {}): Column | undefined {
  const wanted = choice[role];
  const columns = table.header.map((name, index) => ({ name, index }));
  if (wanted !== undefined) {
    const found = columns.find((c) => c.name === wanted) ?? columns.find((c) => bare(c.name) === bare(wanted));
    if (found) return found;
    throw refuse('value.invalid', `there is no column "${wanted}"`, `choose one of ${table.header.join(', ')}`, {
      file: table.file,
      field: role,
    });
  }
  for (const name of names[role]) {
    const found = columns.filter((c) => bare(c.name) === name);
    if (found.length > 1)
      throw refuse('value.invalid', `two columns are called "${found[0]?.name}"`, `say which one holds the ${role}`, {
        file: table.file,
        field: role,
      });
    if (found[0]) return found[0];
  }
  return undefined;
}

/** As `findColumn`, for a role that the analysis cannot do without. */
export function needColumn(table: Table, role: ColumnRole, choice: ColumnChoice = {}): Column {
  const found = findColumn(table, role, choice);
  if (found) return found;
  throw refuse(
    'value.invalid',
    `no column holds the ${role}: there are ${table.header.join(', ')}`,
    `call it "${names[role][0]}", or name the column of the ${role}`,
    { file: table.file, field: role },
  );
}

/** Place of a cell as messages name it. */
export const placeOf = (row: Row, column: Column): string => `${column.name}, row ${row.line}`;

/** @throws AppError naming row and column when the cell is empty */
export function textAt(table: Table, row: Row, column: Column): string {
  const text = (row.cells[column.index] ?? '').trim();
  if (text !== '') return text;
  throw refuse('value.invalid', 'the cell is empty', 'fill it in, or remove the row', {
    file: table.file,
    field: placeOf(row, column),
  });
}

/** @throws AppError naming row and column when the cell holds no number */
export function numberAt(table: Table, row: Row, column: Column): number {
  const text = textAt(table, row, column);
  const value = numberOf(text);
  if (value !== undefined) return value;
  throw refuse(
    'value.invalid',
    `"${text}" is not a number`,
    'write plain numbers, without units or thousands separators',
    {
      file: table.file,
      field: placeOf(row, column),
    },
  );
}

/**
 * Columns whose cells are numbers for the most part, and have none of the given indexes: candidates for values. A
 * single word among numbers is a mistake to be named, not another kind of column.
 */
export function numericColumns(table: Table, without: readonly number[]): readonly Column[] {
  return table.header
    .map((name, index) => ({ name, index }))
    .filter(({ index }) => !without.includes(index))
    .filter(({ index }) => {
      const cells = table.rows.map((row) => (row.cells[index] ?? '').trim()).filter((cell) => cell !== '');
      return cells.length > 0 && 2 * cells.filter((cell) => numberOf(cell) !== undefined).length >= cells.length;
    });
}
