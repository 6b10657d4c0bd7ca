/** The average-and-range method and the limits of the two charts (AIAG MSA 4th edition, III-B and report form). */
import type { Ranges } from '../../../contract/msa.ts';
import { a2Of, d4Of, k1Of, k2Of, k3Of, lowerRange } from './constants.ts';
import type { CrossedStudy } from './crossed.ts';
import { mean, range } from './samples.ts';

/** @throws AppError where the tables of constants end (more than 25 trials, operators or parts) */
export function averageAndRange({ parts, operators, trials, values }: CrossedStudy): Ranges {
  const [p, o, r] = [parts.length, operators.length, trials];
  const cells = values.map((row) => row.map((cell) => ({ mean: mean(cell), range: range(cell) })));
  const ofOperator = (j: number) => cells.flatMap((row) => row[j] ?? []);
  const meanRangeByOperator = operators.map((_, j) => mean(ofOperator(j).map((cell) => cell.range)));
  const meanRange = mean(meanRangeByOperator);
  const operatorDifference = range(operators.map((_, j) => mean(ofOperator(j).map((cell) => cell.mean))));
  const partRange = range(cells.map((row) => mean(row.map((cell) => cell.mean))));

  const constants = { k1: k1Of(r), k2: k2Of(o), k3: k3Of(p), a2: a2Of(r), d3: lowerRange(r), d4: d4Of(r) };
  const equipmentVariation = meanRange * constants.k1;
  const appraiserSquare = (operatorDifference * constants.k2) ** 2 - equipmentVariation ** 2 / (p * r);
  const appraiserVariation = Math.sqrt(Math.max(0, appraiserSquare));
  const partVariation = partRange * constants.k3;
  const gaugeVariation = Math.hypot(equipmentVariation, appraiserVariation);

  const all = cells.flat();
  const centre = mean(all.map((cell) => cell.mean));
  const reach = constants.a2 * meanRange;
  const averageLimits = { lower: centre - reach, centre, upper: centre + reach };
  const rangeLimits = { lower: constants.d3 * meanRange, centre: meanRange, upper: constants.d4 * meanRange };
  const outside = all.filter((cell) => cell.mean < averageLimits.lower || cell.mean > averageLimits.upper).length;
  return {
    meanRangeByOperator,
    meanRange,
    operatorDifference,
    partRange,
    equipmentVariation,
    appraiserVariation,
    appraiserClamped: appraiserSquare < 0,
    gaugeVariation,
    partVariation,
    totalVariation: Math.hypot(gaugeVariation, partVariation),
    constants,
    rangeLimits,
    averageLimits,
    rangesOut: all.filter((cell) => cell.range > rangeLimits.upper).length,
    averagesOutPct: (100 * outside) / all.length,
  };
}
