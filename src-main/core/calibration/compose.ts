/** Puts a calibration together: plane, scale and verification from what was seen, and the immutable record. */
import type {
  Artefact,
  BoardSpec,
  CalibrationRecord,
  CameraFit,
  Comparison,
  Detection,
  DriftCheck,
  PlaneFit,
  Scale,
} from '../../contract/index.ts';
import { defaultSettings } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import type { Native } from '../native/index.ts';
import type { CalibrationCheck, CalibrationInForce } from '../pipeline/index.ts';
import { certifiedScale, expansionOf, requireValid, scaleStd, statedScale } from './scale.ts';
import { rulerMm } from './sheet-pdf.ts';
import { limits, verification } from './verify.ts';

/** Thicknesses of what lies on the plane, mm; only their differences matter. */
export interface Heights {
  readonly boardMm: number;
  readonly artefactMm: number;
  readonly cardMm: number;
}
export const sameHeights: Heights = { boardMm: 0, artefactMm: 0, cardMm: 0 };

export interface ScaleSource {
  readonly artefact: Artefact;
  readonly temperatureC: number;
  /** The artefact on the plane. */
  readonly view: Detection;
}

export interface ComposeInput {
  readonly board: BoardSpec;
  readonly camera: CameraFit;
  /** The board flat on the plane. */
  readonly plane: Detection;
  readonly heights: Heights;
  readonly scale: ScaleSource | undefined;
  /** Reading of the printed control ruler, mm, where there is no artefact. */
  readonly rulerReadingMm: number | undefined;
  /** A picture that took no part: of the artefact where there is one, else of the board. */
  readonly verify: Detection | undefined;
  readonly verifyLimitMm?: number | undefined;
  readonly today: Date;
}

export type Composed = Pick<CalibrationRecord, 'plane' | 'scale' | 'verification' | 'surfaceAboveMm'>;

/** @throws AppError where parts are missing or contradict each other */
export async function compose(native: Native, input: ComposeInput, signal: AbortSignal): Promise<Composed> {
  const { calibration } = native;
  const { board, camera, heights } = input;
  const planeAt = (scale: number, aboveMm: number): Promise<PlaneFit> =>
    calibration.fitPlane(board, input.plane, camera, { scale, surfaceAboveMm: aboveMm }, signal);
  const artefactAbove = heights.artefactMm - heights.boardMm;
  const compared = async (scale: number, source: ScaleSource, view: Detection): Promise<Comparison[]> => {
    const { map } = await planeAt(scale, artefactAbove);
    return calibration.compare(map, view, source.artefact.lengths, expansionOf(source.artefact, source.temperatureC));
  };
  let scale: Scale = statedScale(input.scale ? undefined : input.rulerReadingMm, rulerMm);
  if (input.scale) {
    const { artefact, temperatureC, view } = input.scale;
    requireValid(artefact, input.today);
    const { factor, expandedRelative } = certifiedScale(artefact, await compared(1, input.scale, view), 1);
    const comparisons = await compared(factor, input.scale, view);
    scale = { kind: 'certified', factor, artefact, temperatureC, comparisons, expandedRelative };
  }
  const surfaceAboveMm = heights.cardMm - heights.boardMm;
  const plane = await planeAt(scale.factor, surfaceAboveMm);
  const limitMm = input.verifyLimitMm ?? limits.verificationMm;
  const held = await heldOut(input, scale, compared, native, planeAt);
  return { plane, scale, surfaceAboveMm, verification: verification(held, limitMm) };
}

/** Lengths of the picture that took no part in anything before. */
async function heldOut(
  input: ComposeInput,
  scale: Scale,
  compared: (scale: number, source: ScaleSource, view: Detection) => Promise<Comparison[]>,
  native: Native,
  planeAt: (scale: number, aboveMm: number) => Promise<PlaneFit>,
): Promise<Comparison[]> {
  if (!input.verify)
    throw refuse(
      'calibration.weak',
      'there is no picture for verification, and the residuals of a fit are no accuracy',
      input.scale
        ? 'photograph the artefact once more, turned and moved'
        : 'photograph the board once more on the plane, turned and moved',
      { field: 'verify' },
    );
  if (input.scale) return compared(scale.factor, input.scale, input.verify);
  const { map } = await planeAt(scale.factor, 0);
  const nominal = native.calibration.layout(input.board).lengths;
  const lengths = nominal.map((l) => ({ ...l, certifiedMm: l.certifiedMm * scale.factor }));
  return native.calibration.compare(map, input.verify, lengths, 0);
}

export interface RecordIdentity
  extends Pick<
    CalibrationRecord,
    'id' | 'name' | 'rigId' | 'createdBy' | 'simulated' | 'software' | 'files' | 'board' | 'camera'
  > {
  readonly now: Date;
  /** Days until a new calibration is due. */
  readonly validDays: number;
}

const dayMs = 86_400_000;

/** @throws AppError `calibration.failed` when the verification failed: such a calibration is not recorded */
export function makeRecord(composed: Composed, { now, validDays, ...identity }: RecordIdentity): CalibrationRecord {
  const { passed, worstMm, limitMm, comparisons } = composed.verification;
  if (!passed)
    throw refuse(
      'calibration.failed',
      comparisons.length < 3
        ? `${comparisons.length} lengths could be verified, 3 are needed`
        : `held-out lengths are off by up to ${(1000 * worstMm).toFixed(1)} um, ${(1000 * limitMm).toFixed(1)} um are accepted`,
      'check that board and artefact are flat and of the stated thickness, then take the pictures again',
      { field: 'verification' },
    );
  const until = new Date(now.getTime() + validDays * dayMs);
  const certificate = composed.scale.kind === 'certified' ? composed.scale.artefact.certificate : undefined;
  // A calibration does not outlive the certificate that it rests on.
  const end = certificate ? new Date(`${certificate.validUntil}T23:59:59.000Z`) : until;
  return {
    schema: 'trugrade.calibration/1',
    ...identity,
    ...composed,
    createdAt: now.toISOString(),
    expiresAt: (end < until ? end : until).toISOString(),
  };
}

/** Days before its end from which a calibration is called expiring. */
const warningDays = 14;

export type CalibrationState = CalibrationInForce['state'];

export function stateOf(record: Pick<CalibrationRecord, 'expiresAt'>, now: Date, drifted: boolean): CalibrationState {
  const left = Date.parse(record.expiresAt) - now.getTime();
  if (left <= 0) return 'expired';
  if (drifted) return 'drifted';
  return left < warningDays * dayMs ? 'expiring' : 'valid';
}

/** How often the check standard has to be looked at. */
export interface CheckRule {
  readonly driftCheckHours: number;
  readonly driftCheckPolicy: 'warn' | 'require';
}

const hourMs = 3_600_000;

/** The last good look at the check standard; the proof that the record was accepted with is the first. */
export function checkOf(
  record: Pick<CalibrationRecord, 'createdAt'>,
  checks: readonly Pick<DriftCheck, 'time' | 'status'>[],
  rule: CheckRule,
  now: Date,
): CalibrationCheck {
  const good = checks.filter(({ status }) => status !== 'failed').map(({ time }) => time);
  const at = [record.createdAt, ...good].toSorted().at(-1) ?? record.createdAt;
  const hours = rule.driftCheckHours;
  const due = now.getTime() - Date.parse(at) > hours * hourMs;
  return { at, hours, due, required: rule.driftCheckPolicy === 'require' };
}

export const hasDrifted = (checks: readonly Pick<DriftCheck, 'status'>[]): boolean =>
  checks.at(-1)?.status === 'failed';

/** A record as the pipeline applies it. @param checks of the check standard, oldest first */
export function inForce(
  record: CalibrationRecord,
  now: Date,
  checks: readonly DriftCheck[] = [],
  rule: CheckRule = defaultSettings,
): CalibrationInForce {
  const { id, name, expiresAt, plane, scale, verification: verified } = record;
  // Rectangular spread of what the verification showed, on a width, but never below the fit's own scatter.
  const distortionMm = Math.max(verified.worstMm / Math.sqrt(3), 0) / 10;
  return {
    id,
    name,
    state: stateOf(record, now, hasDrifted(checks)),
    expiresAt,
    map: plane.map,
    pitchMm: plane.pitchMm,
    scale: scale.kind,
    scaleRelative: scaleStd(scale),
    distortionPx: distortionMm / plane.pitchMm,
    check: checkOf(record, checks, rule, now),
  };
}
