/** A balanced crossed study: every operator measures every part the same number of times. */
import { refuse } from '../../errors/index.ts';

export interface CrossedStudy {
  readonly parts: readonly string[];
  readonly operators: readonly string[];
  readonly trials: number;
  /** `values[part][operator][trial]`. */
  readonly values: readonly (readonly (readonly number[])[])[];
}

/** One measurement as it was written down. */
export interface CrossedReading {
  readonly part: string;
  readonly operator: string;
  /** Null: the order of the readings of a cell counts. */
  readonly trial: string | null;
  readonly value: number;
  /** Where it stands, e.g. `row 14`; used in messages. */
  readonly place: string;
}

interface Cell {
  readonly readings: CrossedReading[];
}

/**
 * Sorts readings into the balanced table.
 * @throws AppError `value.invalid` for one part, operator or trial, a value given twice, missing cells, constant data
 */
export function crossed(readings: readonly CrossedReading[], file?: string): CrossedStudy {
  const parts = inOrder(readings.map((r) => r.part));
  const operators = inOrder(readings.map((r) => r.operator));
  const fail = failing(file);
  if (readings.length === 0) throw fail('there are no measurements', 'give one row for each measurement');
  if (parts.length < 2)
    throw fail(
      `there is only one part, ${quoted(parts[0])}`,
      'measure at least two parts, ten by good practice',
      'part',
    );
  if (operators.length < 2)
    throw fail(
      `there is only one operator, ${quoted(operators[0])}: reproducibility cannot be told`,
      'let at least two operators measure, or make a type-1 study',
      'operator',
    );
  const cells = fillCells(readings, fail);
  const trials = Math.max(...[...cells.values()].map(({ readings: r }) => r.length));
  if (trials < 2)
    throw fail(
      'every part was measured once by each operator: repeatability cannot be told from interaction',
      'let each operator measure each part at least twice',
      'trial',
    );
  const values = parts.map((part) =>
    operators.map((operator) => cellValues(cells.get(keyOf(part, operator)), { part, operator, trials }, fail)),
  );
  const [first] = readings;
  if (readings.every((r) => r.value === first?.value))
    throw fail(
      `all ${readings.length} values are ${first?.value}: nothing varies`,
      'check the column, and that the instrument resolves the parts',
      'measurement',
    );
  return { parts, operators, trials, values };
}

type Fail = ReturnType<typeof failing>;
const failing = (file: string | undefined) => (message: string, next: string, field?: string) =>
  refuse('value.invalid', message, next, {
    ...(file === undefined ? {} : { file }),
    ...(field === undefined ? {} : { field }),
  });

const quoted = (name: string | undefined): string => `"${name ?? ''}"`;
const keyOf = (part: string, operator: string): string => JSON.stringify([part, operator]);

function fillCells(readings: readonly CrossedReading[], fail: Fail): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const reading of readings) {
    const key = keyOf(reading.part, reading.operator);
    const cell = cells.get(key) ?? { readings: [] };
    cells.set(key, cell);
    const twin = reading.trial === null ? undefined : cell.readings.find((r) => r.trial === reading.trial);
    if (twin)
      throw fail(
        `part ${reading.part}, operator ${reading.operator}, trial ${reading.trial} was given before, in ${twin.place}`,
        'remove one of the two, or correct the trial',
        `trial, ${reading.place}`,
      );
    cell.readings.push(reading);
  }
  return cells;
}

function cellValues(
  cell: Cell | undefined,
  { part, operator, trials }: { part: string; operator: string; trials: number },
  fail: Fail,
): number[] {
  const found = cell?.readings ?? [];
  if (found.length === trials) return inTrialOrder(found).map((r) => r.value);
  const where = found.length === 0 ? '' : ` (${found.map((r) => r.place).join(', ')})`;
  throw fail(
    `part ${part} has ${found.length} of ${trials} measurements by operator ${operator}${where}: the study is not balanced`,
    'add what is missing, or leave that part out for all operators',
    'measurement',
  );
}

function inTrialOrder(readings: readonly CrossedReading[]): readonly CrossedReading[] {
  const place = new Map(inOrder(readings.map((r) => r.trial ?? '')).map((trial, i) => [trial, i]));
  return readings.toSorted((a, b) => (place.get(a.trial ?? '') ?? 0) - (place.get(b.trial ?? '') ?? 0));
}

/** Different names: by number where all are numbers, else in the order in which they came. */
export function inOrder(names: readonly string[]): readonly string[] {
  const different = [...new Set(names)];
  if (!different.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))) return different;
  return different.sort((a, b) => Number(a) - Number(b));
}
