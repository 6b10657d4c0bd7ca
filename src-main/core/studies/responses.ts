/** What a study looks at: every station's width, the sides' means, centering and size of a measured card. */
import type { Measurement, Response, Side, StudyPlan, StudyReading, Tolerances } from '../../contract/index.ts';
import { sides } from '../../contract/index.ts';

const stationsOn: Readonly<Record<Side, number>> = { left: 7, right: 7, top: 5, bottom: 5 };
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The 32 responses of a card, in the order of reports. */
export const cardResponses: readonly Response[] = [
  { key: 'leftRight', label: 'Centering, left share', group: 'centering', unit: '%' },
  { key: 'topBottom', label: 'Centering, top share', group: 'centering', unit: '%' },
  ...sides.map(
    (side): Response => ({ key: `${side}.mean`, label: `${capital(side)}, mean`, group: 'mean', unit: 'mm' }),
  ),
  { key: 'size.width', label: 'Card width', group: 'size', unit: 'mm' },
  { key: 'size.height', label: 'Card height', group: 'size', unit: 'mm' },
  ...sides.flatMap((side) =>
    Array.from({ length: stationsOn[side] }, (_, i): Response => {
      const index = i + 1;
      return { key: `${side}.${index}`, label: `${capital(side)} ${index}`, group: 'station', unit: 'mm' };
    }),
  ),
];

/** The values of all responses; null where the card has no such width, or it could not be measured. */
export function valuesOf(measurement: Measurement): StudyReading['values'] {
  const { centering, meanMm, sizeMm } = measurement;
  const values: Record<string, number | null> = {
    leftRight: centering.leftRight?.[0] ?? null,
    topBottom: centering.topBottom?.[0] ?? null,
    'size.width': sizeMm?.width ?? null,
    'size.height': sizeMm?.height ?? null,
  };
  for (const side of sides) values[`${side}.mean`] = meanMm[side];
  for (const { edge, index, widthMm, status } of measurement.points)
    values[`${edge}.${index}`] = status === 'ok' ? widthMm : null;
  return values;
}

/** U (k = 2) of the responses that have one: widths and their means in mm, centering in percentage points. */
export function uncertaintiesOf({ centering, points, budget }: Measurement): StudyReading['uncertainties'] {
  const found: Record<string, number> = {};
  const keep = (key: string, value: number | null | undefined) => {
    if (value !== null && value !== undefined) found[key] = value;
  };
  keep('leftRight', centering.leftRightUncertaintyPp);
  keep('topBottom', centering.topBottomUncertaintyPp);
  for (const side of sides) if (budget?.unit === 'mm') keep(`${side}.mean`, budget.sides[side]?.expanded);
  for (const { edge, index, uncertaintyMm, status } of points)
    if (status === 'ok') keep(`${edge}.${index}`, uncertaintyMm);
  return found;
}

export function toleranceOf({ group }: Response, tolerances: Tolerances): number | null {
  switch (group) {
    case 'station':
    case 'mean':
      return tolerances.width;
    case 'centering':
      return tolerances.centering;
    case 'size':
      return tolerances.size;
    case 'column':
      return tolerances.column;
  }
}

/** The true value for a type-1 study: given in the plan, else the simulator's own. */
export function referenceOf(response: Response, plan: StudyPlan, readings: readonly StudyReading[]): number | null {
  const given = plan.references[response.key];
  if (given !== undefined) return given;
  return readings[0]?.truth?.[response.key] ?? null;
}
