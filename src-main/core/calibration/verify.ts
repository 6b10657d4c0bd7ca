/** Held-out lengths against their true values: verification after a calibration, drift check, acceptance. */
import type { Acceptance, Comparison, DriftCheck, Verification } from '../../contract/index.ts';

/** Default limits: what a measurement of 3.5 mm borders can bear many times over. */
export const limits = {
  /** Worst length of the verification, mm. */
  verificationMm: 0.005,
  /** Worst length of a drift check, mm: warning, then failure. */
  driftWarningMm: 0.005,
  driftFailedMm: 0.01,
} as const;

export const worstOf = (comparisons: readonly Comparison[]): number =>
  Math.max(0, ...comparisons.map((c) => Math.abs(c.errorMm)));

export function verification(comparisons: readonly Comparison[], limitMm: number): Verification {
  const worstMm = worstOf(comparisons);
  return { comparisons: [...comparisons], worstMm, limitMm, passed: comparisons.length >= 3 && worstMm <= limitMm };
}

/** Mean relative error of lengths, weighed by their length. */
export function scaleError(comparisons: readonly Comparison[]): number {
  const certified = comparisons.reduce((sum, c) => sum + c.certifiedMm ** 2, 0);
  return certified === 0 ? 0 : comparisons.reduce((sum, c) => sum + c.errorMm * c.certifiedMm, 0) / certified;
}

export function driftStatus(
  comparisons: readonly Comparison[],
): Pick<DriftCheck, 'scaleError' | 'worstMm' | 'limitMm' | 'status'> {
  const worstMm = worstOf(comparisons);
  const few = comparisons.length < 3;
  const status = few || worstMm > limits.driftFailedMm ? 'failed' : worstMm > limits.driftWarningMm ? 'warning' : 'ok';
  return { scaleError: scaleError(comparisons), worstMm, limitMm: limits.driftFailedMm, status };
}

export type Mpe = Acceptance['mpe'];

/** Maximum permissible error of a length, mm. */
export const permitted = (mpe: Mpe, lengthMm: number): number => mpe.constantMm + lengthMm * mpe.perMm;

/**
 * Length errors of several pictures against the MPE; a length passes when its error and the certificate's expanded
 * uncertainty together stay within it (ISO 14253-1).
 */
export function acceptedLengths(
  pictures: readonly (readonly Comparison[])[],
  mpe: Mpe,
  expandedUncertaintyMm: number,
): Pick<Acceptance, 'lengths' | 'worstMm' | 'directions' | 'lengthPassed'> {
  const lengths = pictures.flatMap((comparisons, i) =>
    comparisons.map((c) => {
      const limitMm = permitted(mpe, c.certifiedMm);
      return { ...c, repeat: i + 1, limitMm, passed: Math.abs(c.errorMm) + expandedUncertaintyMm <= limitMm };
    }),
  );
  const directions = new Set(lengths.map((l) => Math.round(l.directionDeg / 15) % 12)).size;
  return {
    lengths,
    worstMm: worstOf(lengths),
    directions,
    lengthPassed: lengths.length > 0 && lengths.every((l) => l.passed),
  };
}
