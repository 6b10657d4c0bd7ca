/** Simulated cards: all 24 widths against the simulator's truth, and whether the stated uncertainty covers the error. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Report, reportSchema, tally, truthSchema } from '../lib/report.ts';
import { limited, show } from '../lib/rows.ts';
import { deviation, mean, worst } from '../lib/stats.ts';
import type { Context, Group, Row } from '../lib/types.ts';

const kinds = ['white', 'black', 'yellow', 'doubleFrame', 'silver', 'foil', 'none'] as const;
const arts = ['landscape', 'portrait', 'abstract', 'plain', 'texture', 'halftone'] as const;
const mats = ['black', 'grey'] as const;

interface Card {
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Every border kind with every mat, five designs and rotations over -3..3 degrees in turn. */
function variedCard(index: number): Card {
  const [kind, art, mat] = [kinds[index % kinds.length], arts[index % arts.length], mats[index % mats.length]];
  const rotationDeg = ((index * 7) % 13) / 2 - 3;
  const spec = { seed: 100 + index, borderKind: kind, art, mat, rotationDeg, lights: 8, bits: 16, pitchMm: 0.04 };
  return { name: `${kind} border, ${art} art, ${mat} mat, ${rotationDeg} deg`, spec };
}

interface Outcome {
  readonly card: Card;
  readonly errors: readonly { readonly mm: number; readonly uncertaintyMm: number; readonly where: string }[];
  readonly expected: number;
  readonly refused: readonly string[];
  readonly invented: number;
}

/** One point of truth with what we said of it. */
function compare(card: Card, report: Report, truth: z.infer<typeof truthSchema>): Outcome {
  const ours = new Map(report.measurement?.points.map((point) => [`${point.edge} ${point.index}`, point]));
  const errors: Outcome['errors'][number][] = [];
  const refused: string[] = [];
  let [expected, invented] = [0, 0];
  for (const { edge, index, widthMm } of truth.points) {
    const where = `${edge} ${index}`;
    const point = ours.get(where);
    const measured = point?.widthMm ?? null;
    if (widthMm === null) invented += measured === null ? 0 : 1;
    else {
      expected += 1;
      if (measured === null) refused.push(`${where}: ${point?.reason ?? report.error?.message ?? 'no reason given'}`);
      else errors.push({ mm: measured - widthMm, uncertaintyMm: point?.uncertaintyMm ?? Number.NaN, where });
    }
  }
  return { card, errors, expected, refused, invented };
}

async function gradeOne(context: Context, card: Card): Promise<Outcome> {
  const folder = join(context.temp, 'card');
  const spec = join(context.temp, 'spec.json');
  writeFileSync(spec, JSON.stringify(card.spec));
  try {
    await context.tools.trugrade(['simulate', '--out', folder, '--spec', spec], z.looseObject({}));
    const report = await context.tools.trugrade(['grade', folder], reportSchema);
    return compare(card, report, truthSchema.parse(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One line for each card: how far off, and what was refused. */
function lines(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(({ card, errors, expected, refused, invented }) => {
      const most = errors.toSorted((a, b) => Math.abs(b.mm) - Math.abs(a.mm))[0];
      const far = most === undefined ? '' : `, worst ${show(most.mm, 4, 'mm')} at ${most.where}`;
      const wrong = errors.filter(({ mm }) => Math.abs(mm) > 0.01).length;
      const off = wrong === 0 ? '' : `, ${wrong} beyond 0.01 mm`;
      const made = invented === 0 ? '' : `, ${invented} invented where there is no border`;
      const why = refused.length === 0 ? '' : `; refused ${tally(refused.map((text) => text.replace(/ \d+:/, ':')))}`;
      return `${card.name}: ${errors.length} of ${expected} measured${far}${off}${made}${why}`;
    })
    .join('\n');
}

function summary(title: string, outcomes: readonly Outcome[]): Row[] {
  const errors = outcomes.flatMap((outcome) => outcome.errors);
  const mm = errors.map((error) => error.mm);
  const sound = mm.filter((value) => Math.abs(value) <= 0.1);
  const expected = outcomes.reduce((sum, outcome) => sum + outcome.expected, 0);
  const covered = errors.filter((error) => Math.abs(error.mm) <= error.uncertaintyMm).length;
  const gross = mm.length - sound.length;
  const invented = outcomes.reduce((sum, outcome) => sum + outcome.invented, 0);
  const bare = outcomes.filter((outcome) => outcome.expected === 0).length;
  return [
    limited({
      figure: `${title}: worst width error`,
      value: worst(mm),
      unit: 'mm',
      digits: 4,
      atMost: 0.01,
      detail: `${mm.filter((value) => Math.abs(value) > 0.01).length} of ${mm.length} beyond`,
      note: lines(outcomes),
    }),
    limited({
      figure: `${title}: widths measured`,
      value: (100 * mm.length) / expected,
      unit: '%',
      digits: 1,
      atLeast: 100,
      detail: `${mm.length} of ${expected}`,
    }),
    limited({
      figure: `${title}: widths more than 0.1 mm wrong`,
      value: gross,
      unit: 'widths',
      digits: 0,
      atMost: 0,
    }),
    limited({
      figure: `${title}: systematic error, without those`,
      value: 1000 * mean(sound),
      unit: 'um',
      digits: 2,
    }),
    limited({
      figure: `${title}: standard deviation, without those`,
      value: 1000 * deviation(sound),
      unit: 'um',
      digits: 2,
    }),
    limited({
      figure: `${title}: errors covered by U (k = 2)`,
      value: (100 * covered) / errors.length,
      unit: '%',
      digits: 1,
    }),
    ...(bare === 0
      ? []
      : [
          limited({
            figure: `${title}: widths invented on borderless cards`,
            value: invented,
            unit: 'widths',
            digits: 0,
            atMost: 0,
            detail: `${bare} cards`,
          }),
        ]),
  ];
}

export const cards: Group = {
  name: 'cards',
  async run(context) {
    const [demos, varied] = context.quick ? [2, 4] : [6, 20];
    const run = async (list: readonly Card[]) => {
      const outcomes: Outcome[] = [];
      for (const card of list) {
        context.say(`cards: ${card.name}`);
        outcomes.push(await gradeOne(context, card));
      }
      return outcomes;
    };
    const demo = (index: number) => ({ name: `simulate --seed ${index + 1}`, spec: { seed: index + 1 } });
    const demoOutcomes = await run(Array.from({ length: demos }, (_, index) => demo(index)));
    const variedOutcomes = await run(Array.from({ length: varied }, (_, index) => variedCard(index)));
    return [
      ...summary(`${demos} demo cards`, demoOutcomes),
      ...summary(`${varied} cards of all kinds`, variedOutcomes),
    ];
  },
};
