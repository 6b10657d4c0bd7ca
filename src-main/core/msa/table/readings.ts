/** From a table to what each analysis takes. */
import { refuse } from '../../errors/index.ts';
import type { CrossedReading, ReferenceReading, Subgroup } from '../statistics/index.ts';
import { type Column, type ColumnChoice, findColumn, needColumn, numberAt, numericColumns, textAt } from './columns.ts';
import type { Table } from './csv.ts';

/**
 * The column of the measured values: named, or usual, or the only one with numbers that is left.
 * @throws AppError `value.invalid` naming the candidates when several could be meant
 */
export function valueColumn(table: Table, taken: readonly (Column | undefined)[], choice: ColumnChoice): Column {
  const found = findColumn(table, 'value', choice);
  if (found) return found;
  const left = numericColumns(
    table,
    taken.flatMap((column) => column?.index ?? []),
  );
  const [only, ...others] = left;
  if (only && others.length === 0) return only;
  throw refuse(
    'value.invalid',
    only
      ? `${left.length} columns could hold the measurements: ${left.map((c) => c.name).join(', ')}`
      : `no column holds the measurements: there are ${table.header.join(', ')}`,
    'name the column of the values, or call it "measurement"',
    { file: table.file, field: 'value' },
  );
}

/** Rows of part, operator, trial (may be absent) and value. */
export function crossedReadings(table: Table, choice: ColumnChoice = {}): readonly CrossedReading[] {
  const part = needColumn(table, 'part', choice);
  const operator = needColumn(table, 'operator', choice);
  const trial = findColumn(table, 'trial', choice);
  const value = valueColumn(table, [part, operator, trial], choice);
  return table.rows.map((row) => ({
    part: textAt(table, row, part),
    operator: textAt(table, row, operator),
    trial: trial ? textAt(table, row, trial) : null,
    value: numberAt(table, row, value),
    place: `row ${row.line}`,
  }));
}

/** Values of one part, in the order of the file. */
export function plainValues(table: Table, choice: ColumnChoice = {}): readonly number[] {
  const trial = findColumn(table, 'trial', choice) ?? counter(table);
  const value = valueColumn(table, [trial], choice);
  return table.rows.map((row) => numberAt(table, row, value));
}

/** A column that only numbers the rows: 1, 2, 3 … */
function counter(table: Table): Column | undefined {
  return table.header
    .map((name, index) => ({ name, index }))
    .find(({ index }) => table.rows.every((row, i) => Number(row.cells[index]) === i + 1));
}

/** Rows of part (may be absent), reference and value. */
export function referenceReadings(table: Table, choice: ColumnChoice = {}): readonly ReferenceReading[] {
  const reference = needColumn(table, 'reference', choice);
  const part = findColumn(table, 'part', choice);
  const value = valueColumn(table, [reference, part, findColumn(table, 'trial', choice)], choice);
  return table.rows.map((row) => ({
    part: part ? textAt(table, row, part) : textAt(table, row, reference),
    reference: numberAt(table, row, reference),
    value: numberAt(table, row, value),
  }));
}

/** Rows of two values of the same part. */
export function pairs(table: Table, choice: ColumnChoice = {}): readonly { first: number; second: number }[] {
  const first = needColumn(table, 'first', choice);
  const second = needColumn(table, 'second', choice);
  return table.rows.map((row) => ({ first: numberAt(table, row, first), second: numberAt(table, row, second) }));
}

/** Rows of subgroup and value, the subgroups in the order in which they begin. */
export function subgroups(table: Table, choice: ColumnChoice = {}): readonly Subgroup[] {
  const group = needColumn(table, 'subgroup', choice);
  const value = valueColumn(table, [group, findColumn(table, 'trial', choice)], choice);
  const all = new Map<string, number[]>();
  for (const row of table.rows) {
    const label = textAt(table, row, group);
    const values = all.get(label) ?? [];
    values.push(numberAt(table, row, value));
    all.set(label, values);
  }
  return [...all].map(([label, values]) => ({ label, values }));
}
