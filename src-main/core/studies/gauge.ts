/** One study, one gauge: all measurements of a study stand on the same calibration record, or all on none. */
import { refuse } from '../errors/index.ts';
import { type CalibrationInForce, checkRefusal } from '../pipeline/index.ts';
import type { StoredReading } from '../store/index.ts';
import { inForceReadings } from './view.ts';

/**
 * @throws AppError `calibration.due` where the settings want a check of the calibration first, `conflict` where the
 * measurements in force stand on another record than the one in use now
 */
export function requireOneGauge(readings: readonly StoredReading[], now: CalibrationInForce | null): void {
  const due = now && checkRefusal(now);
  if (due) throw due;
  const first = inForceReadings(readings)[0];
  if (!first || (first.calibration?.id ?? null) === (now?.id ?? null)) return;
  throw refuse(
    'conflict',
    `this study was begun ${worded(first.calibration)} and would go on ${worded(now)}: that is another gauge, and a study of two says nothing of either`,
    first.calibration
      ? 'put the first calibration in use again (Calibrate), or take back what was measured, or begin a new study'
      : 'take back what was measured without it, or begin a new study',
    { field: 'calibration' },
  );
}

const worded = (calibration: { readonly name: string } | null): string =>
  calibration ? `under the calibration "${calibration.name}"` : 'without a calibration';
