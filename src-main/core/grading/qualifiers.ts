/** PSA's qualifiers as far as the evidence supports them, by the limits of the published rules. */
import type { Defect, Measurement, Report, Subgrades } from '../../contract/index.ts';
import { statedPoints } from '../borders/index.ts';
import type { ConditionRules } from './standards.ts';

interface Seen {
  readonly measurement: Measurement | null;
  readonly corners: Report['corners'];
  /** Findings that are sure enough to count. */
  readonly defects: readonly Defect[];
  readonly grades: Subgrades;
}

/** The centering is worse than everything else by the rule's number of grades. */
function offCentre({ grades }: Seen, below: number): boolean {
  const others = [grades.corners, grades.edges, grades.surface].filter((grade) => grade !== null);
  return grades.centering !== null && others.length === 3 && grades.centering <= Math.min(...others) - below;
}

function area(defects: readonly Defect[], kinds: readonly Defect['kind'][]): number {
  return defects.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { areaMm2 }) => sum + areaMm2, 0);
}

/** A border cut away almost whole, or a cut that is not square. */
function miscut({ measurement, corners }: Seen, rule: ConditionRules['qualifiers']['MC']): boolean {
  const stated = measurement ? statedPoints(measurement) : [];
  const narrow = stated.some(({ widthMm }) => widthMm !== null && widthMm < rule.leastBorderMm);
  const angles = Object.values(corners ?? {}).map(({ angleDeg }) => angleDeg);
  return narrow || angles.some((angle) => angle !== null && Math.abs(angle - 90) > rule.cornerOffDeg);
}

/**
 * OC, ST, PD and MC. OF (print out of focus) and MK (marks by hand) need an eye: nothing measured tells a blurred
 * print from a soft drawing, or a pen's mark from a stain; the rules say so to the reader.
 */
export function qualifiersOf(seen: Seen, rules: ConditionRules): string[] {
  const { OC, ST, PD, MC } = rules.qualifiers;
  return [
    ...(offCentre(seen, OC.gradesBelowOthers) ? ['OC'] : []),
    ...(area(seen.defects, ['stain']) > ST.freeAreaMm2 ? ['ST'] : []),
    ...(area(seen.defects, ['printLine', 'printDot']) > PD.freeAreaMm2 ? ['PD'] : []),
    ...(miscut(seen, MC) ? ['MC'] : []),
  ];
}
