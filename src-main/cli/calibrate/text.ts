/** Lengths as lines of text. */
import type { Comparison } from '../../contract/index.ts';

export const comparisonText = (comparisons: readonly Comparison[]): string =>
  comparisons
    .map(
      (c) =>
        `  ${c.corners.join('-').padEnd(9)} ${c.directionDeg.toFixed(1).padStart(6)} deg  ${c.certifiedMm.toFixed(4).padStart(9)} mm  measured ${c.measuredMm.toFixed(4).padStart(9)} mm  E ${(1000 * c.errorMm).toFixed(2).padStart(7)} um`,
    )
    .join('\n');
