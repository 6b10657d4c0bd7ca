/** Findings on damaged simulated cards: the native example's recall by kind, false findings, confusions and depths. */
import { limited, skipped } from '../lib/rows.ts';
import type { Group, Row } from '../lib/types.ts';

/** Recall that comes next for the kinds that have one, in per cent. */
const nextRecall: Readonly<Record<string, number>> = { scratch: 95, dent: 98 };

function recall(output: string): Row[] {
  return [...output.matchAll(/^(\w+)\s+(\d+) of\s+(\d+) found \(.*?\), (\d+) as another kind$/gm)].map(
    ([, kind = '', found, truths, confused]) => {
      const next = nextRecall[kind];
      return limited({
        figure: `${kind}: found`,
        value: (100 * Number(found)) / Number(truths),
        unit: '%',
        digits: 0,
        detail: `${found} of ${truths}, ${confused} as another kind`,
        ...(next === undefined ? {} : { next }),
      });
    },
  );
}

export const surface: Group = {
  name: 'surface',
  async run({ quick, tools }) {
    const cards = quick ? 6 : 40;
    const output = await tools.example('surface', 'findings', [String(cards), '5000']);
    const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? Number.NaN);
    const depth = /depth within 10 %: (\d+) of (\d+); median error (\S+ %)/.exec(output);
    const kinds = recall(output);
    if (kinds.length === 0) throw new Error(`the findings example printed no recall:\n${output.slice(0, 400)}`);
    return [
      ...kinds,
      limited({
        figure: 'false findings a card',
        value: number(/false findings ([\d.]+)/),
        unit: '',
        digits: 2,
        next: 0.2,
        detail: `${cards} cards`,
        note: `by kind: ${/false findings .*?(\{.*\})/.exec(output)?.[1] ?? 'unknown'}`,
      }),
      limited({ figure: 'kinds confused', value: number(/kinds confused ([\d.]+)/), unit: '%', digits: 1, next: 5 }),
      depth === null || depth[2] === '0'
        ? skipped('depths within 10 % of the truth', 'no defect wide enough to have a depth was found', 'next 100')
        : limited({
            figure: 'depths within 10 % of the truth',
            value: (100 * Number(depth[1])) / Number(depth[2]),
            unit: '%',
            digits: 0,
            next: 100,
            detail: `${depth[1]} of ${depth[2]}, median error ${depth[3]}`,
          }),
      limited({
        figure: 'reading of one side, 4.8 MP, median',
        value: number(/median (\d+) ms a card/),
        unit: 'ms',
        digits: 0,
        next: 500,
      }),
    ];
  },
};
