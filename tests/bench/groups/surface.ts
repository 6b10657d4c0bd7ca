/** Findings on damaged simulated cards: found, missed, confused and false by kind, heights, confidences and time. */
import { z } from 'zod';
import { limited, skipped } from '../lib/rows.ts';
import type { Tools } from '../lib/tools.ts';
import type { Group, Row } from '../lib/types.ts';

/** First seeds of the reported cards; tuning uses others. */
const seeds = { mixed: '80000', heights: '60000', fine: '90000' } as const;

const tally = z.object({
  truths: z.number(),
  found: z.number(),
  confused: z.number(),
  invisible: z.number(),
  falsely: z.number(),
});
const count = z.tuple([z.number(), z.number()]);
const height = z.object({
  count: z.number(),
  within10: z.number(),
  covered: z.number(),
  medianError: z.number().nullable(),
  worst: z.number(),
});
const scoreSchema = z.object({
  cards: z.number(),
  byKind: z.record(z.string(), tally),
  faintest: z.record(z.string(), count),
  heights: z.object({ dent: height, scratch: height, crease: height }),
  calibration: z.array(z.tuple([z.number(), z.number(), z.number()])),
  medianMs: z.number(),
});
type Score = z.infer<typeof scoreSchema>;

const read = async (tools: Tools, cards: number, seed: string, ...flags: string[]): Promise<Score> =>
  scoreSchema.parse(JSON.parse(await tools.example('surface', 'findings', [String(cards), seed, '--json', ...flags])));

/** Wilson's score interval of a share at 95 %, percent (Wilson 1927). */
function interval(found: number, of: number): string {
  const z2 = 1.96 ** 2;
  const p = found / of;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (1.96 / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return `95 % interval ${(100 * (middle - half)).toFixed(1)} to ${(100 * (middle + half)).toFixed(1)} %`;
}

function byKind({ byKind }: Score): Row[] {
  return Object.entries(byKind).map(([kind, { truths, found, confused, invisible, falsely }]) =>
    limited({
      figure: `${kind}: found`,
      value: (100 * found) / truths,
      unit: '%',
      digits: 0,
      detail: `${found} of ${truths} (${interval(found, truths)}), ${truths - found - confused} missed, ${confused} as another kind, ${falsely} false${
        invisible > 0 ? `; ${invisible} that do not show in the print left out` : ''
      }`,
    }),
  );
}

/** The faintest that have to be found: 5 um x 60 um scratches, 20 um dents, at 0.04 mm/px and SNR 100. */
const faintestNames: Readonly<Record<string, readonly [string, number]>> = {
  scratch: ['scratches 5 um deep, 60 um wide: found', 95],
  dent: ['dents 20 um deep: found', 98],
};

function faintest({ faintest }: Score): Row[] {
  return Object.entries(faintestNames).map(([kind, [figure, atLeast]]) => {
    const [truths = 0, found = 0] = faintest[kind] ?? [];
    if (truths === 0) return skipped(figure, 'none was drawn', `>= ${atLeast} %`);
    return limited({
      figure,
      value: (100 * found) / truths,
      unit: '%',
      digits: 1,
      atLeast,
      detail: `${found} of ${truths}, ${interval(found, truths)}`,
    });
  });
}

/** Depths by kind; those of creases have no limit. */
function heights(score: Score, surface: string): Row[] {
  return (['dent', 'scratch', 'crease'] as const).map((kind) => {
    const { count, within10, covered, medianError, worst } = score.heights[kind];
    const limit = kind === 'crease' ? {} : { atLeast: 100 };
    const figure = `depth of each ${kind} within 10 % of the truth, ${surface}`;
    if (count === 0) return skipped(figure, `no ${kind} wide and deep enough was found`);
    const percent = (value: number | null) => `${(100 * (value ?? Number.NaN)).toFixed(1)} %`;
    return limited({
      figure,
      value: (100 * within10) / count,
      unit: '%',
      digits: 0,
      ...limit,
      detail: `${within10} of ${count}, median error ${percent(medianError)}, worst ${percent(worst)}, ${covered} covered by U (k = 2)`,
    });
  });
}

function confidence({ calibration }: Score): Row {
  const off = calibration.reduce((sum, [stated, right, n]) => sum + n * Math.abs(stated - right), 0);
  const all = calibration.reduce((sum, [, , n]) => sum + n, 0);
  return limited({
    figure: 'confidence against the share that is true, mean difference',
    value: (100 * off) / all,
    unit: 'pp',
    digits: 1,
    detail: calibration.map(([stated, right, n]) => `${stated.toFixed(2)}: ${right.toFixed(2)} of ${n}`).join(', '),
  });
}

export const surface: Group = {
  name: 'surface',
  async run({ quick, tools, say }) {
    const [cards, tall] = quick ? [6, 4] : [100, 24];
    say(`surface: ${cards} cards`);
    const mixed = await read(tools, cards, seeds.mixed);
    say(`surface: ${tall} cards for heights, twice`);
    const matte = await read(tools, tall, seeds.heights, '--heights', '--matte');
    const glossy = await read(tools, tall, seeds.heights, '--heights');
    say('surface: 12 megapixels');
    const fine = await read(tools, quick ? 1 : 4, seeds.fine, '--fine', '--repeat');
    const coarse = await read(tools, quick ? 1 : 4, seeds.fine, '--repeat');
    const total = (pick: (t: z.infer<typeof tally>) => number) =>
      Object.values(mixed.byKind).reduce((sum, t) => sum + pick(t), 0);
    return [
      ...faintest(mixed),
      ...byKind(mixed),
      limited({
        figure: 'false findings a card',
        value: total((t) => t.falsely) / mixed.cards,
        unit: '',
        digits: 2,
        atMost: 0.2,
        detail: `${mixed.cards} cards, ${total((t) => t.truths + t.invisible)} defects`,
      }),
      limited({
        figure: 'kinds confused',
        value: (100 * total((t) => t.confused)) / total((t) => t.truths),
        unit: '%',
        digits: 1,
        atMost: 5,
      }),
      ...heights(matte, 'matte'),
      ...heights(glossy, 'varnish up to 5 %'),
      confidence(mixed),
      limited({
        figure: 'reading of one side, 4.8 MP',
        value: coarse.medianMs,
        unit: 'ms',
        digits: 0,
        detail: `quickest of five, median of ${coarse.cards} cards; once each on the cards above: ${mixed.medianMs.toFixed(0)} ms`,
      }),
      limited({
        figure: 'reading of one side, 12 MP',
        value: fine.medianMs,
        unit: 'ms',
        digits: 0,
        atMost: 500,
        detail: `quickest of five, median of ${fine.cards} cards`,
      }),
    ];
  },
};
