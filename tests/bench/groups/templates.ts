/** Design templates: print shift of simulated borderless cards against the simulator's truth, and recognition. */
import { limited } from '../lib/rows.ts';
import { deviation, mean, worst } from '../lib/stats.ts';
import type { Context, Group, Row } from '../lib/types.ts';

/** `card|bent design seed dx dy dturn ux uy uturn` (um, um, mdeg), as the example prints it. */
interface Card {
  readonly errors: readonly [number, number, number];
  readonly uncertainties: readonly [number, number, number];
}

function cardOf(words: readonly string[]): Card {
  const [x, y, turn, ux, uy, uturn] = words.slice(2).map(Number);
  const whole = [x, y, turn, ux, uy, uturn].map((value) => {
    if (value === undefined || !Number.isFinite(value)) throw new Error(`not a card: ${words.join(' ')}`);
    return value;
  });
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = whole;
  return { errors: [a, b, c], uncertainties: [d, e, f] };
}

function rows(lines: readonly string[][]): Row[] {
  const cards = lines.filter(([kind]) => kind === 'card').map(([, ...words]) => cardOf(words));
  const bent = lines.filter(([kind]) => kind === 'bent').map(([, ...words]) => cardOf(words));
  const seen = lines.filter(([kind]) => kind === 'seen').map(([, verdict = '']) => verdict);
  const shortlist = lines.filter(([kind]) => kind === 'shortlist').map(([, , ms]) => Number(ms));
  const shifts = cards.flatMap(({ errors: [x, y] }) => [x, y]);
  const turns = cards.map(({ errors }) => errors[2]);
  const ratios = cards.flatMap(({ errors, uncertainties }) =>
    errors.map((error, i) => Math.abs(error) / (uncertainties[i] ?? Number.NaN)),
  );
  const count = (verdict: string) => seen.filter((each) => each === verdict).length;
  const title = `${cards.length} borderless cards`;
  return [
    limited({
      figure: `${title}: print shift, systematic error`,
      value: mean(shifts),
      unit: 'um',
      digits: 2,
      atMost: 2,
      detail: `standard deviation ${deviation(shifts).toFixed(2)} um`,
    }),
    limited({ figure: `${title}: print shift, worst`, value: worst(shifts), unit: 'um', digits: 2 }),
    limited({ figure: `${title}: print turn, worst`, value: worst(turns), unit: 'mdeg', digits: 2 }),
    limited({
      figure: `${title}: shift and turn covered by U (k = 2)`,
      value: (100 * ratios.filter((ratio) => ratio <= 1).length) / ratios.length,
      unit: '%',
      digits: 1,
      detail: `93 to 98 wanted; ${ratios.length} numbers`,
    }),
    limited({
      figure: `${bent.length} such cards tilted by 2 deg behind a lens with k1 -0.15, mapped: print shift, worst`,
      value: worst(bent.flatMap(({ errors: [x, y] }) => [x, y])),
      unit: 'um',
      digits: 2,
      atMost: 5,
      detail: `turn ${worst(bent.map(({ errors }) => errors[2])).toFixed(2)} mdeg`,
    }),
    limited({
      figure: `recognised among designs: right, or rightly refused`,
      value: (100 * (count('right') + count('rightly-refused'))) / seen.length,
      unit: '%',
      digits: 1,
      atLeast: 100,
      detail: `${count('right')} right, ${count('rightly-refused')} rightly refused, ${count('refused')} missed`,
    }),
    limited({ figure: 'recognised as a wrong design', value: count('wrong'), unit: 'cards', digits: 0, atMost: 0 }),
    limited({
      figure: 'shortlist among 300 templates',
      value: Math.min(...shortlist),
      unit: 'ms',
      digits: 0,
      atMost: 300,
    }),
  ];
}

export const templates: Group = {
  name: 'templates',
  async run(context: Context) {
    const [cards, designs] = context.quick ? [9, 3] : [100, 10];
    context.say(`templates: ${cards} cards of ${designs} designs`);
    const text = await context.tools.example('register', 'print_shift', [String(cards), String(designs)]);
    return rows(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(' ')),
    );
  },
};
