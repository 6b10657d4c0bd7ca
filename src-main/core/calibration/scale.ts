/** From lengths on a certified artefact to the scale and its uncertainty; pure functions. */
import type { Artefact, Comparison, Scale } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';

/** Largest deviation of a print from its stated size that is put right instead of refused. */
const printTolerance = 0.01;
/** Standard uncertainty of the artefact's temperature, K. */
const temperatureStd = 0.5;
/** Scatter of the lengths about one scale above which something is bent or moved, relative. */
const scatterLimit = 5e-4;

/** Relative growth of an artefact from its reference temperature. */
export function expansionOf({ certificate }: Artefact, temperatureC: number): number {
  return certificate.expansionPerK * (temperatureC - certificate.referenceTemperatureC);
}

/** @throws AppError `calibration.failed` for a certificate that is not valid on the day */
export function requireValid({ certificate, name }: Artefact, today: Date): void {
  const day = today.toISOString().slice(0, 10);
  if (certificate.issuedOn > certificate.validUntil || certificate.issuedOn > day)
    throw refuse(
      'value.invalid',
      `the certificate ${certificate.number} of ${name} has dates that are not possible`,
      'copy the dates from the certificate again',
      { field: 'certificate.issuedOn' },
    );
  if (certificate.validUntil < day)
    throw refuse(
      'calibration.failed',
      `the certificate ${certificate.number} of ${name} was valid until ${certificate.validUntil}`,
      'have the artefact certified again, or use another one',
      { field: 'certificate.validUntil' },
    );
}

export interface CertifiedScale {
  readonly factor: number;
  /** Relative expanded uncertainty, k = 2. */
  readonly expandedRelative: number;
}

/**
 * The factor from board mm to true mm that fits all lengths best, with its GUM uncertainty: certificate, scatter of
 * the lengths, temperature.
 * @throws AppError `calibration.weak`, `calibration.failed`, `board.wrong` for a print of another size
 */
export function certifiedScale(
  artefact: Artefact,
  comparisons: readonly Comparison[],
  measuredWith: number,
): CertifiedScale {
  if (comparisons.length < 3)
    throw refuse(
      'calibration.weak',
      `${comparisons.length} certified lengths of ${artefact.name} are in the picture, 3 are needed`,
      'show the whole artefact, and check the corner numbers of its lengths',
      { field: 'artefact.lengths' },
    );
  const sum = (of: (c: Comparison) => number) => comparisons.reduce((total, c) => total + of(c), 0);
  const factor = (measuredWith * sum((c) => c.certifiedMm * c.measuredMm)) / sum((c) => c.measuredMm ** 2);
  const ratio = factor / measuredWith;
  const longest = Math.max(...comparisons.map((c) => c.certifiedMm));
  const scatter = Math.sqrt(
    sum((c) => (c.measuredMm * ratio - c.certifiedMm) ** 2) /
      (comparisons.length - 1) /
      (sum((c) => c.certifiedMm ** 2) / comparisons.length),
  );
  if (Math.abs(factor - 1) > printTolerance)
    throw refuse(
      'board.wrong',
      `the camera's board is ${(100 * factor).toFixed(1)} % of its stated size by the certified artefact`,
      'print the board at 100 % (no "fit to page"), or state the size of its squares as measured',
      { field: 'board.squareMm' },
    );
  if (scatter > scatterLimit)
    throw refuse(
      'calibration.failed',
      `the artefact's lengths disagree among themselves by ${(1e6 * scatter).toFixed(0)} millionths`,
      'check that the artefact lies flat on the plane and that its certificate is the right one',
      { field: 'artefact' },
    );
  const { expandedUncertaintyMm, coverageFactor, expansionPerK } = artefact.certificate;
  const parts = [
    expandedUncertaintyMm / coverageFactor / longest,
    scatter / Math.sqrt(comparisons.length),
    expansionPerK * temperatureStd,
  ];
  return { factor, expandedRelative: 2 * Math.hypot(...parts) };
}

/** The factor that a person's reading of the 100 mm control ruler gives. @throws AppError `board.wrong` */
export function statedScale(rulerReadingMm: number | undefined, rulerMm: number): Extract<Scale, { kind: 'stated' }> {
  if (rulerReadingMm === undefined)
    return { kind: 'stated', factor: 1, note: "the board's stated size; nobody measured the print" };
  const factor = rulerReadingMm / rulerMm;
  if (!(Math.abs(factor - 1) <= printTolerance))
    throw refuse(
      'board.wrong',
      `the control ruler is ${rulerReadingMm} mm long instead of ${rulerMm} mm: printed at ${(100 * factor).toFixed(1)} %`,
      'print the board at 100 % (no "fit to page")',
      { field: 'rulerMm' },
    );
  return { kind: 'stated', factor, note: `control ruler read as ${rulerReadingMm} mm` };
}

/** Relative standard uncertainty (k = 1) that widths carry from the scale. */
export function scaleStd(scale: Scale): number {
  return scale.kind === 'certified' ? scale.expandedRelative / 2 : 0;
}
