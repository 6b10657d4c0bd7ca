/** Stage 6, measurement calculation: widths, centering, size and angles with their uncertainty. */
import type { AppliedCalibration, AssumptionChanges, Measurement, QualityCheck } from '../../../contract/index.ts';
import { sides } from '../../../contract/index.ts';
import { bordersCheck } from '../../borders/index.ts';
import { type PrintMatcher, type PrintOutcome, withPrint } from '../../templates/index.ts';
import { budgetTerms, type CalibratedValues, radiometricValue } from '../../uncertainty/index.ts';
import { atMost, type Stage } from '../stage.ts';
import type { Refined } from './refinement.ts';
import { scaleCheck } from './scale.ts';

export interface Measured extends Refined {
  readonly measurement: Measurement;
}

export const measurementLimits = {
  /** Expanded uncertainty of a width; grading needs about 0.01 mm for 0.1 percentage points. */
  uncertaintyMm: 0.03,
  /** Relative deviation of the measured size from what the capture expects. */
  sizeDeviation: 0.03,
} as const;

/** What a calibration record states for the budget; null where the capture's own camera model is all there is. */
function valuesOf(
  calibration: AppliedCalibration | null,
  responseResidual: number | undefined,
): CalibratedValues | null {
  if (calibration === null || calibration.scaleRelative === 0) return null;
  const { scaleRelative, distortionPx } = calibration;
  const standard = { distribution: 'normal', coverage: 1 } as const;
  return {
    scaleCertificate: {
      ...standard,
      halfWidth: scaleRelative,
      unit: 'relative',
      basis: 'scale of the calibration record: certificate, fit and temperature',
    },
    distortion: {
      ...standard,
      halfWidth: distortionPx,
      unit: 'px',
      basis: 'held-out points of the calibration record',
    },
    ...(responseResidual === undefined ? {} : { radiometric: radiometricValue(responseResidual) }),
  };
}

/** `prints` stands in where a border is missing. */
export const measurement = (
  prints: PrintMatcher | undefined,
  assumptions: AssumptionChanges = {},
): Stage<Refined, Measured> => ({
  name: 'measurement',
  async run(input, { signal }) {
    const { pixelPitchMm, expectedSizeMm, simulated, calibrationId, responseResidual } = input.input;
    const terms = budgetTerms(valuesOf(input.calibration, responseResidual), assumptions);
    const bare = input.refinement.calculate(pixelPitchMm, terms, input.calibration);
    const found = pixelPitchMm === null ? undefined : await prints?.match({ ...input, pixelPitchMm }, bare, signal);
    const measured = found?.print ? withPrint(bare, found.print) : bare;
    const checks: QualityCheck[] = found ? [printCheck(found, input.calibration !== null || simulated)] : [];
    const uncertain = Math.max(0, ...measured.points.map((p) => p.uncertaintyMm ?? 0));
    if (pixelPitchMm !== null)
      checks.push(
        atMost(
          'uncertainty',
          uncertain,
          measurementLimits.uncertaintyMm,
          'a width is uncertain: blurred, noisy or ragged print',
          { unit: 'mm' },
        ),
      );
    else
      checks.push({
        name: 'scale',
        value: null,
        limit: null,
        status: 'warning',
        message: 'there is no pixel pitch, so results are in pixels: calibrate the scale, or give the pixel pitch',
      });
    if (pixelPitchMm !== null && !simulated && calibrationId === null)
      checks.push({
        name: 'calibration',
        value: null,
        limit: null,
        status: 'warning',
        message: 'no calibration stands behind the scale: read the uncertainties as repeatability',
      });
    if (expectedSizeMm && measured.sizeMm) {
      const off = Math.max(
        Math.abs(measured.sizeMm.width / expectedSizeMm[0] - 1),
        Math.abs(measured.sizeMm.height / expectedSizeMm[1] - 1),
      );
      checks.push(
        atMost(
          'size',
          off,
          measurementLimits.sizeDeviation,
          'the card is not of the expected size: trimmed, another format, or a wrong scale',
        ),
      );
    } else if (measured.sizeMm && pixelPitchMm !== null) checks.push(scaleCheck(measured.sizeMm, pixelPitchMm));
    const asked = bordersCheck(measured.sides);
    if (asked) checks.push(asked);
    const value = { ...input, measurement: measured };
    const missing = sides.filter((side) => !measured.sides[side].measured);
    if (missing.length === 0) return { status: 'ok', value, checks };
    return {
      status: 'fallback',
      value,
      checks,
      note: missing.map((side) => `${side}: ${measured.sides[side].reason ?? 'not measured'}`).join('; '),
    };
  },
});

/** Whether the print was registered, by the share of anchors in place; `mapped` where the camera is known. */
function printCheck({ print, refusal, note }: PrintOutcome, mapped: boolean): QualityCheck {
  const base = { name: 'template', value: null, limit: null };
  if (print) {
    const placed = print.inliers / print.anchors.length;
    if (mapped) return { ...base, value: placed, status: 'ok' };
    const message =
      'the print shift is read as if the camera looked straight down through a perfect lens: calibrate the rig to know it';
    return { ...base, value: placed, status: 'warning', message };
  }
  const why = refusal ? `${refusal.data.message}; ${refusal.data.next}` : note;
  return { ...base, status: 'warning', ...(why === null ? {} : { message: why }) };
}
