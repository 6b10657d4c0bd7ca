/** Hard cards drawn with known widths, and a sheet of nine: found, measured, refused, wrong. */
import { z } from 'zod';
import { limited, show } from '../lib/rows.ts';
import type { Group, Row } from '../lib/types.ts';

const categorySchema = z.object({
  category: z.string(),
  cards: z.int(),
  found: z.int(),
  drawn: z.int(),
  measured: z.int(),
  wrong: z.int(),
  worstRightMm: z.number(),
  reasons: z.record(z.string(), z.int()),
  wrongWidths: z.array(z.string()),
});
type Category = z.infer<typeof categorySchema>;

const sheetSchema = z.object({
  cards: z.int(),
  found: z.int(),
  widths: z.int(),
  worstMm: z.number(),
  megapixels: z.number(),
  findMs: z.number(),
  allMs: z.number(),
});

function row(item: Category): Row {
  const reasons = Object.entries(item.reasons).toSorted(([, a], [, b]) => b - a);
  const lines = [
    ...item.wrongWidths.slice(0, 4).map((text) => `wrong: ${text}`),
    ...reasons.slice(0, 3).map(([why, count]) => `${count} refused: ${why}`),
  ];
  return limited({
    figure: `${item.category}: wrong widths`,
    value: item.wrong,
    unit: '',
    digits: 0,
    atMost: 0,
    detail: `${item.found} of ${item.cards} cards found, ${item.measured} of ${item.drawn} widths measured, worst ${show(1000 * item.worstRightMm, 1, 'µm')}`,
    ...(lines.length === 0 ? {} : { note: lines.join('\n') }),
  });
}

export const robustness: Group = {
  name: 'robustness',
  async run({ quick, tools }) {
    const output = await tools.example('measure', 'robustness', [quick ? '2' : '12']);
    const categories = output
      .trim()
      .split('\n')
      .map((line) => categorySchema.parse(JSON.parse(line)));
    const sheet = sheetSchema.parse(JSON.parse(await tools.example('measure', 'sheet')));
    const common = { note: `${show(sheet.megapixels, 0)} megapixels, 600 dpi, 8 bit sRGB; median of 5` };
    return [
      ...categories.map(row),
      limited({
        figure: 'sheet of nine: cards found',
        value: sheet.found,
        unit: 'cards',
        digits: 0,
        atLeast: sheet.cards,
        detail: `${sheet.widths} widths, worst ${show(1000 * sheet.worstMm, 1, 'µm')}`,
      }),
      limited({ figure: 'sheet of nine: finding', value: sheet.findMs, unit: 'ms', digits: 0, ...common }),
      limited({ figure: 'sheet of nine: finding and measuring', value: sheet.allMs, unit: 'ms', digits: 0, ...common }),
    ];
  },
};
