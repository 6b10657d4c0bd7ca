/** Stage 5, sub-pixel refinement: outer edge and graphic border at every station. */
import type { NativeRefinement } from '../../native/index.ts';
import { atMost, type Stage } from '../stage.ts';
import type { Referenced } from './reference-points.ts';
import { stationCount } from './reference-points.ts';

export interface Refined extends Referenced {
  readonly refinement: NativeRefinement;
}

export const refinementLimits = {
  /** Positions from different scales further apart than this point to a disturbed edge. */
  scaleDisagreementPx: 0.25,
} as const;

export const refinement: Stage<Referenced, Refined> = {
  name: 'refinement',
  async run(input, { signal }) {
    const refined = await input.outline.refine(
      input.stack,
      input.input.pixelPitchMm,
      signal,
      input.calibration?.plane ?? null,
    );
    const { outerOk, borderOk, methods, worstScaleDisagreementPx } = refined.info;
    const checks = [
      atMost('outerPointsMissing', stationCount - outerOk, 0, 'the outer edge could not be located at every station'),
      atMost(
        'borderPointsMissing',
        stationCount - borderOk,
        0,
        'the graphic border could not be located at every station',
      ),
    ];
    if (worstScaleDisagreementPx !== null)
      checks.push(
        atMost(
          'scaleDisagreement',
          worstScaleDisagreementPx,
          refinementLimits.scaleDisagreementPx,
          'an edge looks different at different scales: print or dust close to it',
          { unit: 'px' },
        ),
      );
    const value = { ...input, refinement: refined };
    const others = Object.entries(methods).filter(([name, count]) => name !== 'erf' && name !== 'none' && count > 0);
    if (others.length === 0) return { status: 'ok', value, checks };
    return {
      status: 'fallback',
      value,
      checks,
      note: others.map(([name, count]) => `${count} points by ${name}`).join(', '),
    };
  },
};
