/** Grading standards and condition rules as data: parsed here once, never constants in code. */
import { z } from 'zod';
import rulesFile from '../../../assets/standards/condition-rules.json' with { type: 'json' };
import standardsFile from '../../../assets/standards/grading-standards.json' with { type: 'json' };
import type { CardSide } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';

const ceiling = z.number().min(50).max(100).nullable();
const frontBack = z.record(z.string(), z.tuple([ceiling, ceiling]));
const bgsRow = z.object({
  front: z.number().optional(),
  /** The smaller and the larger allowed share when the two axes have limits of their own. */
  frontAxesSorted: z.tuple([z.number(), z.number()]).optional(),
  back: z.number(),
  backAlternative: z.number().optional(),
});
const standardFields = { version: z.string(), confidence: z.string() };
const standardSchema = z.union([
  z.object({ ...standardFields, front_back: frontBack, halfGrades: z.array(z.number()).optional() }),
  z.object({ ...standardFields, rows: z.record(z.string(), bgsRow) }),
]);
const band = z.tuple([z.number(), z.string(), z.string()]);
const standardsSchema = z.object({
  schema: z.literal('trugrade.standards/1'),
  standards: z.record(z.string(), standardSchema),
  scoreBands1000: z.array(band),
  sizesMm: z.record(z.string(), z.tuple([z.number(), z.number()])),
});

const surfaceRule = z.object({
  per: z.enum(['lengthMm', 'areaMm2']),
  base: z.number(),
  rate: z.number(),
  depthRatePerUm: z.number(),
  most: z.number(),
});
const readingRule = z.object({ free: z.number(), rate: z.number(), most: z.number() });
const rulesSchema = z.object({
  schema: z.literal('trugrade.rules/1'),
  version: z.string(),
  surface: z.record(z.string(), surfaceRule),
  corner: z.object({ missingAreaMm2: readingRule, whiteningMm2: readingRule, frayMm: readingRule }),
  edge: z.object({
    chippingMm2: readingRule,
    longestChipMm: readingRule,
    whiteningMm: readingRule,
    frayMm: readingRule,
  }),
  worstWeight: z.number().min(0).max(1),
  leastConfidence: z.number().min(0).max(1),
  creaseCaps: z.array(z.object({ upToMm: z.number().nullable(), grade: z.number() })).min(1),
});
export type ConditionRules = z.infer<typeof rulesSchema>;

const standards = standardsSchema.parse(standardsFile);
export const conditionRules: ConditionRules = rulesSchema.parse(rulesFile);

/** How a standard makes one grade of the sub-grades. */
export type OverallRule = 'worst' | 'bgs' | 'score';

/** A row of centering ceilings: `axes` holds the limits of the better and of the worse axis, in percent. */
export interface CenteringRow {
  readonly label: string;
  readonly grade: number;
  readonly axes: readonly [number, number];
}

export interface Standard {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly confidence: string;
  readonly overall: OverallRule;
  /** Grades the company gives, best first. */
  readonly steps: readonly number[];
  readonly rows: Readonly<Record<CardSide, readonly CenteringRow[]>>;
}

const names: Readonly<Record<string, string>> = {
  psa: 'PSA',
  'psa-2024': 'PSA (before 2025)',
  bgs: 'BGS',
  cgc: 'CGC',
  sgc: 'SGC',
  'tag-tcg': 'TAG (TCG)',
  'tag-sports': 'TAG (sports)',
};
const aliases: Readonly<Record<string, string>> = { tag: 'tag-tcg' };

const gradeOf = (label: string) => Number.parseFloat(label);
const byGrade = (a: CenteringRow, b: CenteringRow) => b.grade - a.grade || a.axes[1] - b.axes[1];
const halves = (from: number, to: number) => Array.from({ length: (from - to) * 2 + 1 }, (_, i) => from - i / 2);

function rowsOf(entry: z.infer<typeof standardSchema>, side: CardSide): CenteringRow[] {
  const row = (label: string, better: number, worse: number): CenteringRow => ({
    label,
    grade: gradeOf(label),
    axes: [better, worse],
  });
  const rows =
    'rows' in entry
      ? Object.entries(entry.rows).map(([label, r]) => {
          if (side === 'back') return row(label, r.backAlternative ?? r.back, r.back);
          if (r.frontAxesSorted) return row(label, r.frontAxesSorted[0], r.frontAxesSorted[1]);
          return row(label, r.front ?? 100, r.front ?? 100);
        })
      : Object.entries(entry.front_back).flatMap(([label, [front, back]]) => {
          const limit = side === 'front' ? front : back;
          return limit === null ? [] : [row(label, limit, limit)];
        });
  return rows.sort(byGrade);
}

function toStandard(id: string, entry: z.infer<typeof standardSchema>): Standard {
  const overall: OverallRule = id === 'bgs' ? 'bgs' : id.startsWith('tag') ? 'score' : 'worst';
  const whole = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  const half = 'rows' in entry ? halves(9.5, 1.5) : (entry.halfGrades ?? halves(8.5, 1.5));
  const steps = [...new Set([...whole, ...half])].sort((a, b) => b - a);
  return {
    id,
    name: names[id] ?? id,
    version: entry.version,
    confidence: entry.confidence,
    overall,
    steps,
    rows: { front: rowsOf(entry, 'front'), back: rowsOf(entry, 'back') },
  };
}

export const allStandards: readonly Standard[] = Object.entries(standards.standards).map(([id, entry]) =>
  toStandard(id, entry),
);

/** @throws AppError `value.invalid` naming the standards there are. */
export function findStandard(id: string): Standard {
  const standard = allStandards.find((s) => s.id === (aliases[id] ?? id));
  if (standard) return standard;
  const known = [...Object.keys(aliases), ...allStandards.map((s) => s.id)].join(', ');
  throw refuse('value.invalid', `there is no standard "${id}"`, `choose one of: ${known}`, { field: 'standard' });
}

/** Bands of the 1000-point scale, best first: `[from, grade, name]`. */
export const scoreBands = standards.scoreBands1000.map(([from, grade, name]) => ({
  from,
  grade: Number.parseFloat(grade),
  name,
}));
