/** A hundred whole cards simulated in memory: every width against its truth, its own bound and its stated uncertainty. */
import { z } from 'zod';
import { limited, show } from '../lib/rows.ts';
import { deviation, mean, rootMeanSquare, worst } from '../lib/stats.ts';
import type { Context, Group, Row } from '../lib/types.ts';

const pointSchema = z.object({
  edge: z.string(),
  index: z.number(),
  trueMm: z.number().nullable(),
  errorUm: z.number().nullable(),
  uncertaintyUm: z.number().nullable(),
  boundUm: z.number().nullable(),
  status: z.string(),
  invented: z.boolean(),
  inQuestion: z.boolean(),
});
const cardSchema = z.object({
  card: z.string(),
  kind: z.string().default(''),
  error: z.string().optional(),
  points: z.array(pointSchema),
});
type Card = z.infer<typeof cardSchema>;

interface Width {
  readonly card: string;
  readonly kind: string;
  readonly station: string;
  readonly errorUm: number;
  readonly uncertaintyUm: number;
  readonly boundUm: number;
}

type SetName = 'plain' | 'textured' | 'halftone' | 'bare';
/** Cards of one run of the example: enough to say how far the set is. */
const batch = 10;

async function measureSet(context: Context, set: SetName, count: number): Promise<Card[]> {
  const cards: Card[] = [];
  for (let first = 0; first < count; first += batch) {
    context.say(`whole cards: ${set}, ${first} of ${count}`);
    const args = [set, String(Math.min(batch, count - first)), String(first)];
    const output = await context.tools.example('measure', 'whole_cards', args);
    cards.push(
      ...output
        .trim()
        .split('\n')
        .map((line) => cardSchema.parse(JSON.parse(line))),
    );
  }
  return cards;
}

const widthsOf = (cards: readonly Card[]): Width[] =>
  cards.flatMap(({ card, kind, points }) =>
    points.flatMap(({ edge, index, errorUm, uncertaintyUm, boundUm }) =>
      errorUm === null || uncertaintyUm === null || boundUm === null
        ? []
        : [{ card, kind, station: `${edge} ${index}`, errorUm, uncertaintyUm, boundUm }],
    ),
  );

const errors = (widths: readonly Width[]) => widths.map(({ errorUm }) => errorUm);
const overBound = (widths: readonly Width[]) => rootMeanSquare(widths.map((w) => w.errorUm / w.boundUm));
const coverage = (widths: readonly Width[]) =>
  (100 * widths.filter((w) => Math.abs(w.errorUm) <= w.uncertaintyUm).length) / widths.length;

function byKind(widths: readonly Width[], value: (own: readonly Width[]) => string): string {
  return [...Map.groupBy(widths, ({ kind }) => kind)].map(([kind, own]) => `${kind} ${value(own)}`).join('; ');
}

function farthest(widths: readonly Width[], many: number): string {
  return widths
    .toSorted((a, b) => Math.abs(b.errorUm) - Math.abs(a.errorUm))
    .slice(0, many)
    .map((w) => `${show(w.errorUm, 1, 'um')} (U ${show(w.uncertaintyUm, 1)}) at ${w.station}, ${w.card}`)
    .join('\n');
}

/** Cards and stations that gave no width although there is a border. */
function missing(cards: readonly Card[]): string {
  return cards
    .flatMap(({ card, error, points }) => {
      const lost = points.filter((p) => p.trueMm !== null && p.errorUm === null);
      if (error !== undefined) return [`${card}: ${error}`];
      return lost.length === 0 ? [] : [`${card}: ${lost.map((p) => `${p.edge} ${p.index} ${p.status}`).join(', ')}`];
    })
    .join('\n');
}

function measured(title: string, cards: readonly Card[], widths: readonly Width[]): Row {
  const note = missing(cards);
  return limited({
    figure: `${title}: widths measured`,
    value: (100 * widths.length) / (24 * cards.length),
    unit: '%',
    digits: 2,
    atLeast: 99,
    detail: `${widths.length} of ${24 * cards.length}`,
    ...(note === '' ? {} : { note }),
  });
}

function covered(title: string, widths: readonly Width[]): Row {
  const value = coverage(widths);
  return limited({
    figure: `${title}: errors covered by U (k = 2)`,
    value,
    unit: '%',
    digits: 1,
    // Both ends of 93 to 98 count; the row can name one.
    ...(value > 95.5 ? { atMost: 98 } : { atLeast: 93 }),
    detail: `93 to 98; ${byKind(widths, (own) => show(coverage(own), 0))}`,
  });
}

function plainRows(cards: readonly Card[]): Row[] {
  const title = `${cards.length} plain cards`;
  const widths = widthsOf(cards);
  const stations = [...Map.groupBy(widths, ({ station }) => station).values()].map(overBound);
  return [
    measured(title, cards, widths),
    limited({
      figure: `${title}: error over the Cramer-Rao bound of its window, rms`,
      value: overBound(widths),
      unit: 'x',
      digits: 3,
      atMost: 1.15,
      detail: `worst of 24 stations ${show(worst(stations), 3)}; ${byKind(widths, (own) => show(overBound(own), 2))}`,
      note: farthest(widths, 3),
    }),
    limited({
      figure: `${title}: systematic error, standard deviation`,
      value: mean(errors(widths)),
      unit: 'um',
      digits: 3,
      detail: `${show(deviation(errors(widths)), 3, 'um')}, worst ${show(worst(errors(widths)), 2, 'um')}`,
    }),
    covered(title, widths),
  ];
}

function texturedRows(title: string, cards: readonly Card[], judged: boolean): Row[] {
  const widths = widthsOf(cards);
  const all = errors(widths);
  const um = { unit: 'um', digits: 2 };
  const limit = (atMost: number) => (judged ? { atMost } : {});
  return [
    measured(title, cards, widths),
    limited({ ...um, figure: `${title}: systematic error`, value: Math.abs(mean(all)), ...limit(0.3) }),
    limited({
      ...um,
      figure: `${title}: standard deviation`,
      value: deviation(all),
      ...limit(2.5),
      detail: byKind(widths, (own) => show(deviation(errors(own)), 1)),
    }),
    limited({
      ...um,
      figure: `${title}: worst of ${widths.length}`,
      value: worst(all),
      ...limit(15),
      note: farthest(widths, 5),
    }),
    ...(judged
      ? [covered(title, widths)]
      : [limited({ figure: `${title}: errors covered by U (k = 2)`, value: coverage(widths), unit: '%', digits: 1 })]),
  ];
}

/** A bar of the design cannot be told from a border by the card alone; then a width counts as asked, not as stated. */
function bareRows(cards: readonly Card[]): Row[] {
  const invented = cards.flatMap(({ points }) => points.filter((point) => point.invented));
  const stated = invented.filter((point) => !point.inQuestion).length;
  return [
    limited({
      figure: `${cards.length} cards without a border: widths stated without a question`,
      value: stated,
      unit: 'widths',
      digits: 0,
      atMost: 0,
      detail: `${invented.length - stated} more are marked "border or bar?" and graded by nothing`,
    }),
  ];
}

export const wholeCards: Group = {
  name: 'whole-cards',
  async run(context) {
    const [many, few] = context.quick ? [12, 6] : [100, 24];
    return [
      ...plainRows(await measureSet(context, 'plain', many)),
      ...texturedRows(`${many} cards, print textured`, await measureSet(context, 'textured', many), true),
      ...texturedRows(`${few} cards, halftone print`, await measureSet(context, 'halftone', few), false),
      ...bareRows(await measureSet(context, 'bare', few)),
    ];
  },
};
