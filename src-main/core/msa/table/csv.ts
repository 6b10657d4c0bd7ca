/** Reads delimited text: comma, semicolon or tab; quotes; decimal point or comma; errors that name row and column. */
import { refuse } from '../../errors/index.ts';

export type Separator = ',' | ';' | '\t';

export interface Row {
  /** Line of the file, the header's being 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Table {
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: readonly Row[];
  readonly separator: Separator;
}

/** Ten megabytes hold a study of hundreds of thousands of measurements. */
export const mostBytes = 10 * 1024 * 1024;

/** @throws AppError when the text is empty, has no header, or a row has another number of cells than the header */
export function readTable(text: string, file: string): Table {
  if (text.length > mostBytes)
    throw refuse('value.invalid', 'the file is larger than ten megabytes', 'give the measurements alone', { file });
  if (text.includes('\0'))
    throw refuse('value.invalid', 'this is not a text file', 'save the table as CSV, not as a workbook', { file });
  const clean = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(clean);
  const lines = splitRows(clean, separator, file).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [head, ...rows] = lines;
  if (!head) throw refuse('value.invalid', 'the file is empty', 'give a CSV file with a header line', { file });
  const header = head.cells.map((cell) => cell.trim());
  if (header.every((cell) => cell === '' || numberOf(cell) !== undefined))
    throw refuse(
      'value.invalid',
      'the first line holds numbers, not the names of the columns',
      'put a header such as part,operator,trial,measurement above the data',
      { file, field: `row ${head.line}` },
    );
  for (const { line, cells } of rows)
    if (cells.length !== header.length)
      throw refuse(
        'value.invalid',
        `the row has ${cells.length} cells, the header has ${header.length}`,
        separator === ',' ? 'correct the row; decimal commas need semicolons between the cells' : 'correct the row',
        { file, field: `row ${line}` },
      );
  return { file, header, rows, separator };
}

/** The one of the three that the header has; a semicolon wins, as commas may be decimal. */
function separatorOf(text: string): Separator {
  const first = (text.split(/\r?\n/).find((line) => line.trim() !== '') ?? '').replace(/"[^"]*"/g, '');
  if (first.includes(';')) return ';';
  return first.includes('\t') ? '\t' : ',';
}

/** RFC 4180: quoted cells may hold the separator, line breaks and doubled quotes. */
function splitRows(text: string, separator: Separator, file: string): Row[] {
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let start = 1;
  const endRow = () => {
    rows.push({ line: start, cells: [...cells, cell] });
    cells = [];
    cell = '';
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\n') line += 1;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (c === '"' && cell.trim() === '') {
      quoted = true;
      cell = '';
    } else if (c === separator) {
      cells.push(cell);
      cell = '';
    } else if (c === '\n') {
      endRow();
      start = line;
    } else if (c !== '\r') cell += c;
  }
  if (quoted)
    throw refuse('value.invalid', 'a quoted cell does not end', 'close the quotation mark', {
      file,
      field: `row ${start}`,
    });
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number written with a decimal point or comma; undefined for anything else, thousands separators included. */
export function numberOf(cell: string): number | undefined {
  const trimmed = cell.trim().replace(/^\u2212/, '-');
  const pointed = trimmed.includes('.') ? trimmed : trimmed.replace(',', '.');
  if (!plain.test(pointed)) return undefined;
  const value = Number(pointed);
  return Number.isFinite(value) ? value : undefined;
}
