/** Front and back of one card as one grade. */
import type { CardGrade, Grade, Subgrades } from '../../contract/index.ts';
import { overallGrade, score1000, subgradeNames } from './overall.ts';
import type { Standard } from './standards.ts';

function worse(front: Subgrades, back: Subgrades): Subgrades {
  const out: Subgrades = { centering: null, corners: null, edges: null, surface: null };
  for (const name of subgradeNames) {
    const [a, b] = [front[name], back[name]];
    out[name] = a === null || b === null ? null : Math.min(a, b);
  }
  return out;
}

/** The worse side decides each category, as no public rule lets a good back mend a bad front. */
export function gradeCard(front: Grade, back: Grade, standard: Standard): CardGrade {
  const subgrades = worse(front.subgrades, back.subgrades);
  const scores = worse(front.scores1000, back.scores1000);
  // A side that must not be graded forbids a grade of the card.
  const forbidden = Boolean(front.noGrade ?? back.noGrade);
  const score = forbidden ? null : score1000(scores);
  return {
    standard: standard.id,
    front: front.subgrades,
    back: back.subgrades,
    subgrades,
    overall: forbidden ? null : overallGrade(standard, subgrades, scores),
    score1000: score === null ? null : Math.round(score),
  };
}
