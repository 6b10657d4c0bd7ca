/** Grading: from the measurement and the condition readings of a side to a grade and what it cost. */
import type {
  CardSide,
  Cost,
  Defect,
  Grade,
  Measurement,
  NoGrade,
  NoGradeMark,
  Report,
  Subgrades,
} from '../../contract/index.ts';
import { gradeCentering } from './centering.ts';
import { type Deduction, doubtful, scoreCorners, scoreEdges, scoreSurface } from './condition.ts';
import { noGradeOf } from './noGrade.ts';
import { overallGrade, type SubgradeName, score1000, subgradeNames } from './overall.ts';
import { qualifiersOf } from './qualifiers.ts';
import { bandOf, gradeOfScore } from './score.ts';
import { conditionRules, type Standard, scoreBands } from './standards.ts';

export { gradeCard } from './card.ts';
export { allStandards, builtInText, findStandard, parseStandards, type Standard } from './standards.ts';
export { verdictsOf } from './verdicts.ts';

/** Findings that cost nothing because they are too doubtful. */
export const doubtfulFindings = (defects: readonly Defect[]) => doubtful(defects, conditionRules);

export interface Evidence {
  readonly side: CardSide;
  readonly measurement: Measurement | null;
  readonly corners: Report['corners'];
  readonly edges: Report['edges'];
  readonly surface: Report['surface'];
  /** What a person says against a grade. */
  readonly mark?: NoGradeMark | null;
}

export interface Graded {
  readonly grade: Grade;
  /** The readings again, with each part's score on the 1..10 scale. */
  readonly corners: Report['corners'];
  readonly edges: Report['edges'];
}

interface Scored {
  readonly scores: Subgrades;
  readonly grades: Subgrades;
}

const round = (value: number | null) => (value === null ? null : Math.round(value));

/**
 * Grades one side under one standard. Pure: the same evidence gives the same grade, so a report can be graded again
 * under another standard. A sub-grade whose evidence is missing is null, and so is then the overall, with the reason.
 */
export function gradeSide(evidence: Evidence, standard: Standard): Graded {
  const rules = conditionRules;
  const { measurement, side } = evidence;
  const centering = measurement && gradeCentering(measurement, side, standard);
  const corners = evidence.corners && scoreCorners(evidence.corners, rules);
  const edges = evidence.edges && scoreEdges(evidence.edges, rules);
  const surface = evidence.surface && scoreSurface(evidence.surface, rules);
  const deductions = [...(corners?.deductions ?? []), ...(edges?.deductions ?? []), ...(surface?.deductions ?? [])];

  const score = (without?: Deduction): Scored => {
    const back = (name: SubgradeName, value: number | null | undefined) =>
      value == null ? null : Math.min(1000, value + (without?.subgrade === name ? without.points : 0));
    const scores: Subgrades = {
      centering: centering?.score ?? null,
      corners: back('corners', corners?.score),
      edges: back('edges', edges?.score),
      surface: back('surface', surface?.score),
    };
    const step = (value: number | null) => (value === null ? null : gradeOfScore(value, standard.steps));
    const capped = without?.rule === 'surface.crease' ? null : (surface?.capGrade ?? null);
    const surfaceGrade = step(scores.surface);
    return {
      scores,
      grades: {
        centering: centering?.grade ?? null,
        corners: step(scores.corners),
        edges: step(scores.edges),
        surface: surfaceGrade !== null && capped !== null ? Math.min(surfaceGrade, capped) : surfaceGrade,
      },
    };
  };

  const { scores, grades } = score();
  const noGrade = noGradeOf(measurement, evidence.mark ?? null);
  const overall = noGrade ? null : overallGrade(standard, grades, scores);
  const total = noGrade ? null : score1000(scores);
  const costs: Cost[] = deductions
    .map((deduction) => {
      const other = score(deduction);
      return { ...deduction, overallWithout: overallGrade(standard, other.grades, other.scores) };
    })
    .sort((a, b) => b.points - a.points);
  if (centering && centering.score < 990) costs.push(centeringCost(centering, standard, grades, scores));

  return {
    grade: {
      standard: standard.id,
      standardVersion: standard.version,
      rulesVersion: conditionRules.version,
      subgrades: grades,
      scores1000: {
        centering: round(scores.centering),
        corners: round(scores.corners),
        edges: round(scores.edges),
        surface: round(scores.surface),
      },
      overall,
      label: overall === null || total === null ? null : labelOf(overall, total),
      score1000: round(total),
      limitedBy: limits(grades),
      centeringVerdict: centering
        ? {
            forGrade: centering.grade,
            verdict: centering.verdict,
            nextGrade: centering.nextGrade,
            nextVerdict: centering.nextVerdict,
          }
        : null,
      costs: costs.sort((a, b) => b.points - a.points),
      qualifiers: qualifiersOf(
        {
          measurement,
          corners: evidence.corners,
          defects: (evidence.surface?.defects ?? []).filter(({ confidence }) => confidence >= rules.leastConfidence),
          grades,
        },
        rules,
      ),
      noGrade,
      reason: reasonOf(noGrade, overall, evidence, grades),
    },
    corners: evidence.corners && corners ? withScores(evidence.corners, corners.parts, standard) : evidence.corners,
    edges: evidence.edges && edges ? withScores(evidence.edges, edges.parts, standard) : evidence.edges,
  };
}

function centeringCost(
  centering: NonNullable<ReturnType<typeof gradeCentering>>,
  standard: Standard,
  grades: Subgrades,
  scores: Subgrades,
): Cost {
  const perfect = standard.rows.front[0]?.grade ?? 10;
  const [better, worse] = centering.shares;
  return {
    subgrade: 'centering',
    rule: `centering.${standard.id}`,
    text: `centering ${worse.toFixed(1)} : ${(100 - worse).toFixed(1)} on the worse axis, ${better.toFixed(1)} : ${(100 - better).toFixed(1)} on the other`,
    points: 1000 - centering.score,
    overallWithout: overallGrade(standard, { ...grades, centering: perfect }, { ...scores, centering: 1000 }),
  };
}

function withScores<Key extends string, Reading extends { score: number | null }>(
  readings: Readonly<Record<Key, Reading>>,
  parts: Readonly<Record<Key, number | null>>,
  standard: Standard,
): Record<Key, Reading> {
  const out: Record<Key, Reading> = { ...readings };
  for (const key of Object.keys(parts) as Key[]) {
    const score = parts[key];
    out[key] = { ...readings[key], score: score === null ? null : gradeOfScore(score, standard.steps) };
  }
  return out;
}

/** The name of the score's band when it has the overall's grade; else the name that the scale gives that grade. */
function labelOf(overall: number, total: number): string {
  const band = bandOf(total);
  if (band.grade === overall) return band.name;
  return scoreBands.findLast((b) => b.grade >= overall)?.name ?? band.name;
}

function limits(grades: Subgrades): SubgradeName[] {
  const known = subgradeNames.filter((name) => grades[name] !== null);
  const worst = Math.min(...known.map((name) => grades[name] ?? 10));
  return worst >= 10 ? [] : known.filter((name) => grades[name] === worst);
}

/** Why there is no overall grade; null when there is one. */
function reasonOf(
  noGrade: NoGrade | null,
  overall: number | null,
  evidence: Evidence,
  grades: Subgrades,
): string | null {
  if (noGrade) return `No grade, ${noGrade.code}: ${noGrade.name}. ${noGrade.why}`;
  return overall === null ? whyNot(evidence, grades) : null;
}

function whyNot(evidence: Evidence, grades: Subgrades): string {
  const missing = subgradeNames.filter((name) => grades[name] === null);
  const why: Record<SubgradeName, string> = {
    centering: evidence.measurement
      ? 'centering: not all four borders could be measured'
      : 'centering: the card could not be measured',
    corners: evidence.corners
      ? 'corners: not all four could be read'
      : 'corners: need at least three lights and a scale',
    edges: evidence.edges ? 'edges: not all four could be read' : 'edges: need at least three lights and a scale',
    surface: evidence.surface
      ? 'surface: too little of the card could be judged'
      : 'surface: needs at least three lights and a scale',
  };
  return `No overall grade by machine. ${missing.map((name) => why[name]).join('; ')}. A person has to judge these.`;
}
