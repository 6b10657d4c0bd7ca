/** Grading standards and condition rules as data: parsed here once, never constants in code. */
import { z } from 'zod';
import rulesFile from '../../../assets/standards/condition-rules.json' with { type: 'json' };
import standardsFile from '../../../assets/standards/grading-standards.json' with { type: 'json' };
import type { CardSide } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import { parseJsonWith } from '../errors/parse.ts';

const ceiling = z.number().min(50).max(100).nullable();
const frontBack = z.record(z.string(), z.tuple([ceiling, ceiling]));
const limit = z.number().min(50).max(100);
const bgsRow = z.object({
  front: limit.optional(),
  /** The smaller and the larger allowed share when the two axes have limits of their own. */
  frontAxesSorted: z.tuple([limit, limit]).optional(),
  back: limit,
  backAlternative: limit.optional(),
});
const standardFields = {
  name: z.string().min(1).max(60).optional(),
  version: z.string().min(1).max(40),
  confidence: z.string().max(200),
  /** When it came into force, as far as it is published. */
  effective: z.string().max(40).nullable().optional(),
  source: z.string().max(500).optional(),
  /** `worstEnd`: a diamond cut is judged where it is worst, not by the mean of the side. */
  judgedBy: z.enum(['mean', 'worstEnd']).optional(),
};
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

type StandardsDocument = z.infer<typeof standardsSchema>;

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
  corner: z.object({
    missingAreaMm2: readingRule,
    whiteningMm2: readingRule,
    frayMm: readingRule,
    liftMm: readingRule,
  }),
  edge: z.object({
    chippingMm2: readingRule,
    longestChipMm: readingRule,
    whiteningMm: readingRule,
    frayMm: readingRule,
    roughMm: readingRule,
    layeringMm: readingRule,
  }),
  worstWeight: z.number().min(0).max(1),
  leastConfidence: z.number().min(0).max(1),
  judged: z.object({ least: z.number().min(0).max(1), mostFoil: z.number().min(0).max(1) }),
  qualifiers: z.object({
    OC: z.object({ gradesBelowOthers: z.number().positive() }),
    ST: z.object({ freeAreaMm2: z.number().min(0) }),
    PD: z.object({ freeAreaMm2: z.number().min(0) }),
    MC: z.object({ leastBorderMm: z.number().min(0), cornerOffDeg: z.number().positive() }),
  }),
  creaseCaps: z.array(z.object({ upToMm: z.number().nullable(), grade: z.number() })).min(1),
});
export type ConditionRules = z.infer<typeof rulesSchema>;

const standards = standardsSchema.parse(standardsFile);
export const conditionRules: ConditionRules = rulesSchema.parse(rulesFile);

/** Width and height of the known formats, mm. */
export const knownSizesMm: readonly (readonly [number, number])[] = Object.values(standards.sizesMm);

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
  readonly effective: string | null;
  readonly source: string;
  readonly judgedBy: 'mean' | 'worstEnd';
  readonly overall: OverallRule;
  /** Grades the company gives, best first. */
  readonly steps: readonly number[];
  readonly rows: Readonly<Record<CardSide, readonly CenteringRow[]>>;
}

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
    name: entry.name ?? id,
    version: entry.version,
    confidence: entry.confidence,
    effective: entry.effective ?? null,
    source: entry.source ?? entry.confidence,
    judgedBy: entry.judgedBy ?? 'mean',
    overall,
    steps,
    rows: { front: rowsOf(entry, 'front'), back: rowsOf(entry, 'back') },
  };
}

/** The standards of a file, in its order. */
const standardsOf = (file: StandardsDocument): readonly Standard[] =>
  Object.entries(file.standards).map(([id, entry]) => toStandard(id, entry));

/** The standards the program comes with. */
export const allStandards: readonly Standard[] = standardsOf(standards);

/** The built-in file as text, for people to edit a copy of. */
export const builtInText = `${JSON.stringify(standardsFile, null, 2)}\n`;

/**
 * Standards from the text of a file.
 * @throws AppError `json.invalid` or `schema.invalid` naming the field, `value.invalid` for limits that contradict each other
 */
export function parseStandards(text: string, file: string): readonly Standard[] {
  const list = standardsOf(parseJsonWith(standardsSchema, text, file));
  if (list.length === 0)
    throw refuse('value.invalid', 'the file holds no standard', 'add one under "standards"', {
      file,
      field: 'standards',
    });
  for (const standard of list) for (const side of ['front', 'back'] as const) requireOrder(standard, side, file);
  return list;
}

/** A better grade must not allow more than a worse one. */
function requireOrder(standard: Standard, side: CardSide, file: string): void {
  const rows = standard.rows[side];
  for (const [i, row] of rows.entries()) {
    const above = rows[i - 1];
    const bad = !Number.isFinite(row.grade) || row.axes[0] > row.axes[1];
    if (bad || (above && (above.axes[0] > row.axes[0] || above.axes[1] > row.axes[1])))
      throw refuse(
        'value.invalid',
        `grade ${row.label} of "${standard.id}" (${side}) contradicts ${above ? `grade ${above.label}` : 'itself'}`,
        'a better grade must not allow a larger share than a worse one',
        { file, field: `standards.${standard.id}` },
      );
  }
}

/** @throws AppError `value.invalid` naming the standards there are. */
export function findStandard(id: string, among: readonly Standard[] = allStandards): Standard {
  const standard = among.find((s) => s.id === (aliases[id] ?? id));
  if (standard) return standard;
  const known = [...Object.keys(aliases), ...among.map((s) => s.id)].join(', ');
  throw refuse('value.invalid', `there is no standard "${id}"`, `choose one of: ${known}`, { field: 'standard' });
}

/** Bands of the 1000-point scale, best first: `[from, grade, name]`. */
export const scoreBands = standards.scoreBands1000.map(([from, grade, name]) => ({
  from,
  grade: Number.parseFloat(grade),
  name,
}));
