/** Tables that cannot be analysed are refused with their file, row and column; odd but sound ones are read. */
import { describe, expect, test } from 'vitest';
import { AppError } from '../../errors/index.ts';
import { crossed } from '../statistics/index.ts';
import { numberOf, readTable } from './csv.ts';
import { crossedReadings, plainValues } from './readings.ts';

/** 4 parts, 2 operators, 3 trials. */
const sound = `part,operator,trial,measurement
${['K1', 'K2', 'K3', 'K4']
  .flatMap((part, i) =>
    ['Ann', 'Bea'].flatMap((operator, j) =>
      [1, 2, 3].map(
        (trial) => `${part},${operator},${trial},${(3 + i / 2 + j / 30 + ((i * 5 + trial * 3) % 7) / 90).toFixed(4)}`,
      ),
    ),
  )
  .join('\n')}
`;

function refusalOf(text: string): string {
  try {
    crossed(crossedReadings(readTable(text, 'study.csv')), 'study.csv');
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.message : String(error);
  }
}

const bad: readonly (readonly [string, (text: string) => string, RegExp])[] = [
  [
    'text in numbers',
    (t) => t.replace(/(K2,Ann,1),.*/, '$1,about 3'),
    /^study\.csv: measurement, row 8: "about 3" is not a number/,
  ],
  ['a thousands separator', (t) => t.replace(/(K2,Ann,1),.*/, '$1,"1,234.5"'), /row 8: "1,234\.5" is not a number/],
  ['an empty cell', (t) => t.replace(/(K1,Ann,2),.*/, '$1,'), /measurement, row 3: the cell is empty/],
  [
    'a missing row',
    (t) => t.replace(/K3,Bea,2,.*\n/, ''),
    /part K3 has 2 of 3 measurements by operator Bea \(row 17, row 18\)/,
  ],
  ['a short row', (t) => t.replace(/(K1,Ann,2),.*/, '$1'), /row 3: the row has 3 cells, the header has 4/],
  [
    'no header',
    (t) =>
      t
        .split('\n')
        .slice(1)
        .join('\n')
        .replaceAll(/K|Ann|Bea/g, '1'),
    /not the names of the columns/,
  ],
  ['no operators', (t) => t.replace('operator', 'remark'), /no column holds the operator: there are part, remark/],
  ['one operator', (t) => t.replaceAll(/.*Bea.*\n/g, ''), /there is only one operator, "Ann"/],
  [
    'a doubled trial',
    (t) => t.replaceAll('Bea', 'Ann').replaceAll('K4,Ann', 'K4,Bea'),
    /trial, row 5: part K1, operator Ann, trial 1 was given before, in row 2/,
  ],
  ['two columns of one name', (t) => t.replace('trial', 'part'), /two columns are called "part"/],
  ['a quotation mark without end', (t) => t.replace('K2,Bea,2', '"K2,Bea,2'), /row 12: a quoted cell does not end/],
  ['nothing at all', () => '', /the file is empty/],
  ['a header alone', (t) => `${t.split('\n')[0]}\n`, /there are no measurements/],
  ['a workbook', () => 'PK\0\0', /not a text file/],
];

test.each(bad)('refuses %s', (_name, spoil, message) => {
  expect(refusalOf(sound)).toBe('accepted');
  expect(refusalOf(spoil(sound))).toMatch(message);
});

describe('tables as people write them', () => {
  test('quoted cells, tabs, blank lines and a byte-order mark', () => {
    const text = '\uFEFF"Card ""A""\tno"\tx\n\n1\t"2,5"\r\n\n3\t4\n';
    const table = readTable(text, 'a.csv');
    expect(table.header).toEqual(['Card "A"\tno', 'x']);
    expect(table.rows).toEqual([
      { line: 3, cells: ['1', '2,5'] },
      { line: 5, cells: ['3', '4'] },
    ]);
    expect(plainValues(table)).toEqual([2.5, 4]);
  });

  test('numbers with either decimal sign, and nothing that only looks like one', () => {
    expect(['1.5', '-1,5', '+.5', '2e-3', '\u22127', ' 3 '].map(numberOf)).toEqual([1.5, -1.5, 0.5, 0.002, -7, 3]);
    for (const text of ['', '1.234,5', '1,234,5', '0x10', 'Infinity', '1 000', '1e999', '3mm'])
      expect(numberOf(text)).toBeUndefined();
  });

  test('without a column of trials their order counts; a counting column is no value', () => {
    const text = sound
      .split('\n')
      .map((row) =>
        row
          .split(',')
          .filter((_, i) => i !== 2)
          .join(','),
      )
      .join('\n');
    const [with_, without] = [sound, text].map((t) => crossed(crossedReadings(readTable(t, 's.csv'))));
    expect(without).toEqual(with_);
    expect(plainValues(readTable('n,length\n1,5\n2,6\n', 'n.csv'))).toEqual([5, 6]);
  });

  test('several columns of numbers are asked about, and a named one is taken', () => {
    const table = readTable('part,operator,left,right\na,A,1,2\n', 'wide.csv');
    expect(() => crossedReadings(table)).toThrow(/2 columns could hold the measurements: left, right/);
    expect(crossedReadings(table, { value: 'right' })[0]?.value).toBe(2);
    expect(() => crossedReadings(table, { value: 'top' })).toThrow(
      /there is no column "top"; choose one of part, operator, left, right/,
    );
  });
});
