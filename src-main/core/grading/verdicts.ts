/** Centering against every standard side by side: the surest best grade, the next one up, and each step's verdict. */
import type { CardSide, Measurement, StandardVerdict } from '../../contract/index.ts';
import { readAxes } from './axes.ts';
import { deciding, rowProbability, rowVerdict } from './conformity.ts';
import type { CenteringRow, Standard } from './standards.ts';

type Step = StandardVerdict['steps'][number];

/** Sides of each standard: those whose published text does not give a limit leave the grade out. */
export function verdictsOf(
  measurement: Pick<Measurement, 'centering' | 'points' | 'print'> | null,
  side: CardSide,
  standards: readonly Standard[],
): StandardVerdict[] {
  return standards.map((standard) => {
    const axes = measurement && readAxes(measurement, standard);
    const rows = standard.rows[side];
    const steps = axes ? rows.map((row): Step => stepOf(axes, row)) : [];
    const best = steps.findIndex((step) => step.verdict === 'pass');
    return {
      standard: standard.id,
      name: standard.name,
      version: standard.version,
      effective: standard.effective,
      source: standard.source,
      judgedBy: standard.judgedBy,
      /** JCGM 106 acceptance with guard band w = U, k = 2. */
      guardBandK: 2,
      best: steps[best] ?? null,
      next: (best < 0 ? steps.at(-1) : steps[best - 1]) ?? null,
      steps,
    };
  });
}

function stepOf(axes: NonNullable<ReturnType<typeof readAxes>>, row: CenteringRow): Step {
  const { axis, limit } = deciding(axes, row);
  return {
    grade: row.grade,
    label: row.label,
    limits: [row.axes[0], row.axes[1]],
    verdict: rowVerdict(axes, row),
    probability: rowProbability(axes, row),
    decidedBy: {
      axis: axis.axis,
      station: axis.station,
      share: axis.larger,
      uncertaintyPp: axis.uncertaintyPp,
      limit,
    },
  };
}
