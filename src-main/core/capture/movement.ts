/** Moves of the card between the frames of one side: which are put right, which are refused, and what is said of them. */
import type { QualityCheck } from '../../contract/index.ts';
import { type AppError, refuse } from '../errors/index.ts';
import type { FrameQuality } from '../native/index.ts';

/** At the corner of the frame that moves most. */
export const registrationLimits = {
  /** Below it a move blurs less than resampling would. */
  fromPx: 0.3,
  /** Beyond it shadows, near lights and the border of the picture are no longer those of the other frames. */
  mostPx: 5,
} as const;

type Moved = FrameQuality & { readonly movement: NonNullable<FrameQuality['movement']> };

const furthest = (frames: readonly FrameQuality[]): Moved | undefined =>
  frames
    .filter((frame): frame is Moved => frame.movement !== null)
    .reduce<Moved | undefined>(
      (most, frame) => (most === undefined || frame.movement.largestPx > most.movement.largestPx ? frame : most),
      undefined,
    );

function described({ name, movement: { largestPx, turnDeg } }: Moved, pixelPitchMm: number | null): string {
  const mm = pixelPitchMm === null ? '' : ` (${(largestPx * pixelPitchMm).toFixed(3)} mm)`;
  const turn = Math.abs(turnDeg) < 0.005 ? '' : ` and turned by ${Math.abs(turnDeg).toFixed(2)} degrees`;
  return `the card moved by ${largestPx.toFixed(2)} px${mm}${turn} at ${name}`;
}

const next = 'take the capture again without touching the table';

/** What the frames say of movement; nothing for a single frame. */
export function movementCheck(frames: readonly FrameQuality[], pixelPitchMm: number | null): QualityCheck[] {
  if (frames.length < 2) return [];
  const base = { name: 'movement', limit: registrationLimits.fromPx, unit: 'px' };
  const most = furthest(frames);
  if (!most)
    return [
      {
        ...base,
        value: null,
        status: 'ok',
        message: 'whether the card moved cannot be told: there is hardly any print',
      },
    ];
  const value = most.movement.largestPx;
  if (value > registrationLimits.mostPx)
    return [{ ...base, value, status: 'failed', message: `${described(most, pixelPitchMm)}: ${next}` }];
  const undone = frames.filter(({ movement }) => movement?.undone).length;
  if (undone === 0) return [{ ...base, value, status: 'ok' }];
  const frame = undone === 1 ? 'the frame was' : `${undone} frames were`;
  const message = `${described(most, pixelPitchMm)}; ${frame} put back by resampling: keep the table still`;
  return [{ ...base, value, status: 'warning', message }];
}

/** The refusal of a card that moved too far; undefined where it did not. */
export function movedTooFar(frames: readonly FrameQuality[], pixelPitchMm: number | null): AppError | undefined {
  const most = furthest(frames);
  if (!most || most.movement.largestPx <= registrationLimits.mostPx) return undefined;
  return refuse('card.moved', described(most, pixelPitchMm), next, { file: most.name });
}
