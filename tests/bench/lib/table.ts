/** Lays rows out as one readable text table, group by group. */
import type { Row } from './types.ts';

const titles = ['figure', 'ours', 'target', 'peers', ''] as const;
const widest = [46, 46, 26, 46, 8] as const;

const cells = (row: Row): readonly string[] => [row.figure, row.ours, row.target, row.peers, row.verdict];

/** Breaks text at blanks into lines of at most `width` characters; longer words stay whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The whole table; notes stand indented under their row. */
export function table(groups: readonly { readonly name: string; readonly rows: readonly Row[] }[]): string {
  const all = groups.flatMap(({ rows }) => rows.map(cells));
  const widths = titles.map((title, column) =>
    Math.min(widest[column] ?? 40, Math.max(title.length, ...all.map((row) => row[column]?.length ?? 0))),
  );
  const total = Math.max(
    110,
    widths.reduce((sum, width) => sum + width + 2, 0),
  );
  const line = (texts: readonly string[]) => {
    const columns = texts.map((text, column) => wrap(text, widths[column] ?? 40));
    const height = Math.max(...columns.map((column) => column.length));
    return Array.from({ length: height }, (_, at) =>
      columns
        .map((column, index) => (column[at] ?? '').padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  };
  const body = groups.flatMap(({ name, rows }) => [
    '',
    `── ${name} ${'─'.repeat(Math.max(0, total - name.length - 4))}`,
    ...rows.flatMap((row) => [
      ...line(cells(row)),
      ...(row.note === undefined ? [] : row.note.split('\n').flatMap((note) => wrap(note, total - 6))).map(
        (note) => `    · ${note}`,
      ),
    ]),
  ]);
  return [...line(titles), ...body].join('\n');
}
