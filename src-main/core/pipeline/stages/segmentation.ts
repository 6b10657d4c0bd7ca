/** Stage 3, segmentation: where the card is. An interface, so that a trained model can stand beside the classical way. */
import { AppError } from '../../errors/index.ts';
import type { Native, NativeOutline, NativeStack } from '../../native/index.ts';
import { atLeast, atMost, type Stage } from '../stage.ts';
import type { Preprocessed } from './preprocessing.ts';

export interface SegmentationHints {
  readonly pixelPitchMm: number | null;
  readonly expectedSizeMm: readonly [number, number] | undefined;
}

/** Finds the outline of the one card in a stack of frames. */
export interface Segmenter {
  readonly name: string;
  /** @throws AppError `card.notFound`, `card.cutOff`, `card.several`, `image.blurred`, ... */
  segment(stack: NativeStack, hints: SegmentationHints, signal: AbortSignal): Promise<NativeOutline>;
}

/** Edges of maximum contrast around a bright or dark region, fitted as straight or slightly bowed lines. */
export const classicalSegmenter = (native: Native): Segmenter => ({
  name: 'classical',
  segment: (stack, hints, signal) => native.findOutline(stack, hints, signal),
});

export interface Segmented extends Preprocessed {
  readonly outline: NativeOutline;
}

export const segmentationLimits = {
  /** rms distance of edge points from the fitted edge; a torn or bent edge is above it. */
  residualPx: 1.5,
  confidence: 0.6,
  /** Standard deviation of the edge's Gaussian blur. */
  blurPx: 3,
} as const;

/** Tries the segmenters in order; a later one that succeeds is a fallback, none that does asks for a person. */
export const segmentation = (segmenters: readonly Segmenter[]): Stage<Preprocessed, Segmented> => ({
  name: 'segmentation',
  async run(input, { signal }) {
    const hints = { pixelPitchMm: input.input.pixelPitchMm, expectedSizeMm: input.input.expectedSizeMm };
    let refusal: AppError | undefined;
    for (const [i, segmenter] of segmenters.entries()) {
      try {
        const outline = await segmenter.segment(input.stack, hints, signal);
        const { confidence, worstResidualPx, worstBlurPx } = outline.info;
        const limits = segmentationLimits;
        const checks = [
          atLeast(
            'confidence',
            confidence,
            limits.confidence,
            'the outline is doubtful: look at it before trusting the widths',
          ),
          atMost(
            'edgeResidual',
            worstResidualPx,
            limits.residualPx,
            'an edge of the card is not straight: torn, bent or partly hidden',
            { unit: 'px' },
          ),
          atMost('blur', worstBlurPx, limits.blurPx, 'the picture is out of focus: focus on the card plane', {
            unit: 'px',
          }),
        ];
        const value = { ...input, outline };
        if (i === 0) return { status: 'ok', value, checks };
        return { status: 'fallback', value, checks, note: `found by the ${segmenter.name} segmenter` };
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'cancelled' || error.code === 'internal') throw error;
        refusal ??= error;
      }
    }
    if (!refusal) throw new Error('there is no segmenter');
    return { status: 'person', error: refusal, checks: [] };
  },
});
