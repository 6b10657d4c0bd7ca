/** The calibration that a side is measured under: which one, whether it still holds, and what it makes of pixels. */
import type { AppliedCalibration, PlaneMap, QualityCheck } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { type AppError, refuse } from '../errors/index.ts';
import type { Native, NativeStack } from '../native/index.ts';

/** An accepted calibration as the pipeline needs it. */
export interface CalibrationInForce {
  readonly id: string;
  readonly name: string;
  readonly state: 'valid' | 'expiring' | 'expired' | 'drifted';
  readonly expiresAt: string;
  readonly map: PlaneMap;
  readonly pitchMm: number;
  readonly scale: 'certified' | 'stated';
  /** Relative standard uncertainty (k = 1) of the scale. */
  readonly scaleRelative: number;
  /** Standard uncertainty of a width from what is left of distortion, px. */
  readonly distortionPx: number;
  readonly check: CalibrationCheck;
}

/** The last look at the check standard that went well. */
export interface CalibrationCheck {
  readonly at: string;
  /** Hours that it holds. */
  readonly hours: number;
  readonly due: boolean;
  /** Whether nothing is graded without a valid one. */
  readonly required: boolean;
}

/** What a report says of its calibration. */
export const standingOf = ({ id, check }: CalibrationInForce) => ({
  id,
  checkedAt: check.at,
  checkHours: check.hours,
  checkValid: !check.due,
});

/** How the points of a side become mm, and what has to be said about it. */
export interface Mapping {
  readonly applied: AppliedCalibration | null;
  readonly checks: readonly QualityCheck[];
}

const warning = (name: string, message: string): QualityCheck => ({
  name,
  value: null,
  limit: null,
  status: 'warning',
  message,
});

/** Why a calibration must not be used any more; undefined while it holds. */
export function dueForCalibration(calibration: CalibrationInForce | null): AppError | undefined {
  if (calibration?.state === 'expired')
    return refuse(
      'calibration.due',
      `the calibration expired on ${calibration.expiresAt.slice(0, 10)}`,
      'calibrate the camera again (Calibrate), then grade this side',
      { field: 'calibration' },
    );
  if (calibration?.state === 'drifted')
    return refuse(
      'calibration.due',
      'the last drift check failed: the camera or its mount has changed since the calibration',
      'repeat the drift check, and calibrate again if it still fails (Calibrate)',
      { field: 'calibration' },
    );
  return calibration ? checkRefusal(calibration) : undefined;
}

/** Why nothing is graded without a check; undefined where there is one, or where results are only marked. */
export function checkRefusal({ check }: CalibrationInForce): AppError | undefined {
  if (!check.due || !check.required) return undefined;
  return refuse(
    'calibration.due',
    overdueText(check),
    'lay the check standard on the plane and check the calibration (Grade or Calibrate), then grade this side',
    { field: 'calibration' },
  );
}

const overdueText = ({ at, hours }: CalibrationCheck): string =>
  `the calibration was last checked on ${at.slice(0, 16).replace('T', ' ')} UTC, more than ${hours} h ago`;

/** The map for a side: an accepted calibration first, else the camera that the capture itself states. */
export function mappingOf(
  native: Native,
  input: CaptureInput,
  stack: NativeStack,
  calibration: CalibrationInForce | null,
): Mapping {
  if (calibration) {
    const { map: plane, scaleRelative, distortionPx } = calibration;
    const checks: QualityCheck[] =
      calibration.state === 'expiring'
        ? [
            warning(
              'calibration',
              `the calibration expires on ${calibration.expiresAt.slice(0, 10)}: plan the next one`,
            ),
          ]
        : [{ name: 'calibration', value: null, limit: null, status: 'ok' }];
    checks.push(
      calibration.check.due
        ? warning(
            'driftCheck',
            `${overdueText(calibration.check)}: this result stands on a calibration without a valid check`,
          )
        : { name: 'driftCheck', value: null, limit: null, status: 'ok' },
    );
    if (calibration.scale === 'stated')
      checks.push(warning('scale', 'the scale is stated, not certified: lengths are not traceable'));
    return { applied: { plane, scaleRelative, distortionPx }, checks };
  }
  const { camera, pixelPitchMm } = input;
  const bent = camera?.distortion.some((coefficient) => coefficient !== 0) ?? false;
  if (camera === undefined || pixelPitchMm === null || !bent) return { applied: null, checks: [] };
  if (camera.distortion.slice(5).some((coefficient) => coefficient !== 0))
    return {
      applied: null,
      checks: [
        warning(
          'lens',
          "the lens distortion is not corrected: the capture's camera has more coefficients than k1, k2, p1, p2, k3; calibrate the rig",
        ),
      ],
    };
  const plane = native.calibration.facing(
    [stack.widthPx, stack.heightPx],
    camera.matrix,
    camera.distortion.slice(0, 5),
    pixelPitchMm,
  );
  return {
    applied: { plane, scaleRelative: 0, distortionPx: 0 },
    checks: [
      warning(
        'lens',
        "the lens distortion is corrected by the capture's own camera model, as if the camera looked straight down: calibrate the rig to know its tilt",
      ),
    ],
  };
}
