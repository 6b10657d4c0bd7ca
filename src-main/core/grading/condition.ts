/** Corner, edge and surface scores by the published condition rules; every point taken is a deduction with its rule. */
import {
  type CornerName,
  type Cost,
  cornerNames,
  type Defect,
  type Report,
  type Side,
  sides,
} from '../../contract/index.ts';
import { worstWeighted } from './score.ts';
import type { ConditionRules } from './standards.ts';

/** Points one finding or reading takes from a sub-score of 1000. */
export type Deduction = Omit<Cost, 'overallWithout'>;

type Corners = NonNullable<Report['corners']>;
type EdgeReadings = NonNullable<Report['edges']>;

export interface PartScores<Part extends string> {
  readonly score: number | null;
  readonly parts: Readonly<Record<Part, number | null>>;
  readonly deductions: readonly Deduction[];
}

interface Rule {
  readonly free: number;
  readonly rate: number;
  readonly most: number;
}

const points = (rule: Rule, value: number) => Math.min(rule.most, Math.max(0, value - rule.free) * rule.rate);
const mm = (value: number) => value.toFixed(value < 0.1 ? 3 : 2);

function readingDeductions<Key extends string>(
  subgrade: 'corners' | 'edges',
  place: string,
  rules: Readonly<Record<Key, Rule>>,
  values: { readonly [K in NoInfer<Key>]?: number | null | undefined },
  words: Readonly<Record<Key, string>>,
): Deduction[] {
  return (Object.keys(rules) as Key[]).flatMap((key) => {
    const value = values[key];
    if (value == null) return [];
    // A corner bent down is as bad as one that stands up.
    const taken = points(rules[key], Math.abs(value));
    if (taken < 0.5) return [];
    return [
      { subgrade, rule: `${subgrade}.${key}`, text: `${words[key]} ${mm(value)}, ${place}`, points: taken, place },
    ];
  });
}

const cornerPlaces: Readonly<Record<CornerName, string>> = {
  topLeft: 'top left corner',
  topRight: 'top right corner',
  bottomRight: 'bottom right corner',
  bottomLeft: 'bottom left corner',
};

/** Four corners: 1000 minus deductions each; the worst corner weighs `worstWeight`. A corner that was not read gives no score. */
export function scoreCorners(corners: Corners, rules: ConditionRules): PartScores<CornerName> {
  const words = {
    missingAreaMm2: 'missing area mm²',
    whiteningMm2: 'whitening mm²',
    frayMm: 'fray mm',
    liftMm: 'lift mm',
  };
  return scoreParts(cornerNames, rules.worstWeight, (name) => {
    const reading = corners[name];
    if (reading.missingAreaMm2 === null) return undefined;
    return readingDeductions('corners', cornerPlaces[name], rules.corner, reading, words);
  });
}

/** Four edges, as {@link scoreCorners}. */
export function scoreEdges(edges: EdgeReadings, rules: ConditionRules): PartScores<Side> {
  const words = {
    chippingMm2: 'chipping mm²',
    longestChipMm: 'longest chip mm',
    whiteningMm: 'whitening mm',
    frayMm: 'fray mm',
    roughMm: 'rough cut mm',
    layeringMm: 'layering mm',
  };
  return scoreParts(sides, rules.worstWeight, (name) => {
    const reading = edges[name];
    if (reading.chippingMm2 === null) return undefined;
    return readingDeductions('edges', `${name} edge`, rules.edge, reading, words);
  });
}

function scoreParts<Part extends string>(
  names: readonly Part[],
  worstWeight: number,
  read: (name: Part) => Deduction[] | undefined,
): PartScores<Part> {
  const parts = {} as Record<Part, number | null>;
  const deductions: Deduction[] = [];
  for (const name of names) {
    const found = read(name);
    parts[name] = found ? Math.max(0, 1000 - sum(found)) : null;
    deductions.push(...(found ?? []));
  }
  const known = names.map((name) => parts[name]).filter((score) => score !== null);
  return { score: known.length === names.length ? worstWeighted(known, worstWeight) : null, parts, deductions };
}

const sum = (deductions: readonly Deduction[]) => deductions.reduce((total, d) => total + d.points, 0);

/** Points one surface finding takes, weighted by its confidence; kinds judged with corners and edges take none here. */
export function surfaceDeduction(defect: Defect, rules: ConditionRules): Deduction | undefined {
  const rule = rules.surface[defect.kind];
  if (!rule) return undefined;
  const size = rule.per === 'lengthMm' ? defect.lengthMm : defect.areaMm2;
  const depthUm = (defect.depthMm ?? 0) * 1000;
  const taken = Math.min(rule.most, rule.base + rule.rate * size + rule.depthRatePerUm * Math.abs(depthUm));
  const extent = rule.per === 'lengthMm' ? `${mm(defect.lengthMm)} mm long` : `${mm(defect.areaMm2)} mm²`;
  const depth = defect.depthMm === null ? '' : `, ${Math.abs(depthUm).toFixed(0)} µm deep`;
  return {
    subgrade: 'surface',
    rule: `surface.${defect.kind}`,
    text: `${readable(defect.kind)} ${extent}${depth}`,
    points: taken * defect.confidence,
    defectId: defect.id,
  };
}

/** `printDot` as people write it. */
const readable = (kind: string) => kind.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);

/** Findings too doubtful to cost anything; a person has to look at them. */
export const doubtful = (defects: readonly Defect[], rules: ConditionRules) =>
  defects.filter((defect) => defect.confidence < rules.leastConfidence);

/** Surface: 1000 minus all findings that are sure enough, capped by creases. Null when too little of the card could be judged. */
export function scoreSurface(
  surface: NonNullable<Report['surface']>,
  rules: ConditionRules,
): { score: number | null; capGrade: number | null; deductions: readonly Deduction[] } {
  const sure = surface.defects.filter((defect) => defect.confidence >= rules.leastConfidence);
  const deductions = sure.flatMap((defect) => surfaceDeduction(defect, rules) ?? []);
  const crease = Math.max(0, ...sure.filter((d) => d.kind === 'crease').map((d) => d.lengthMm));
  const cap = crease > 0 ? rules.creaseCaps.find((c) => c.upToMm === null || crease <= c.upToMm) : undefined;
  // Foil is judged apart: what counts is how much of the rest could be judged.
  const judged = surface.judgedFraction / Math.max(1 - surface.foilFraction, 0.01);
  const enough = judged >= rules.judged.least && surface.foilFraction <= rules.judged.mostFoil;
  return {
    score: !enough ? null : Math.max(0, 1000 - sum(deductions)),
    capGrade: cap?.grade ?? null,
    deductions,
  };
}
