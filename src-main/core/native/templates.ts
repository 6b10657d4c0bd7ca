/** The registration of prints to templates as the native core offers it. */
import { z } from 'zod';
import {
  type AnchorsAnswer,
  type AppliedCalibration,
  anchorsAnswerSchema,
  type PrintMatch,
  printMatchSchema,
} from '../../contract/index.ts';
import type * as binding from './generated/binding.d.ts';
import type { NativeRefinement, NativeStack } from './index.ts';

/** Overviews of many templates in native memory. */
export interface NativeGallery {
  readonly size: number;
}

/** A card that was found and refined, with its scale. */
export interface RefinedCard {
  readonly stack: NativeStack;
  readonly refinement: NativeRefinement;
  readonly pixelPitchMm: number;
  /** The camera that anchors and cut edges are mapped by, as the widths are; null on raw pixels of one pitch. */
  readonly calibration: AppliedCalibration | null;
}

export const candidateSchema = z.object({ index: z.int(), similarity: z.number(), upsideDown: z.boolean() });
export type Candidate = z.infer<typeof candidateSchema>;

const nativeMatchSchema = printMatchSchema.omit({ template: true });
export type NativeMatch = Omit<PrintMatch, 'template'>;

export const identifiedSchema = z.object({
  index: z.int().nullable(),
  print: nativeMatchSchema.nullable(),
  undecided: z.array(z.int()),
});
/** The design of a card: its place in the list of likely ones, or the places of those that cannot be told apart. */
export interface Identified {
  readonly index: number | null;
  readonly print: NativeMatch | null;
  readonly undecided: readonly number[];
}

/** The text of a template that a card may show, and how similar its overview is. */
export interface LikelyTemplate {
  readonly text: string;
  readonly similarity: number;
}

export interface NativeTemplates {
  openGallery(texts: readonly string[], signal: AbortSignal): Promise<NativeGallery>;
  /** The likeliest designs, best first; `index` is the place in the gallery. */
  recognise(card: RefinedCard, gallery: NativeGallery, signal: AbortSignal): Promise<Candidate[]>;
  /** @throws AppError `template.mismatch` when the card does not look like the template */
  match(card: RefinedCard, template: string, signal: AbortSignal): Promise<NativeMatch>;
  /** The best of those that fit, best overview first; none where none fits or several do alike. */
  identify(card: RefinedCard, likely: readonly LikelyTemplate[], signal: AbortSignal): Promise<Identified>;
  /** Proposed anchors, or the given places (mm) judged. */
  anchors(
    card: RefinedCard,
    places: readonly (readonly [number, number])[] | null,
    signal: AbortSignal,
  ): Promise<AnchorsAnswer>;
  /** The text of a new template file. */
  learn(
    card: RefinedCard,
    places: readonly (readonly [number, number])[],
    identity: unknown,
    signal: AbortSignal,
  ): Promise<string>;
  /** Checks a file's numbers and patches; its text as this program writes it. */
  check(text: string, signal: AbortSignal): Promise<string>;
}

export interface TemplateParts {
  readonly addon: typeof binding;
  readonly stack: (handle: NativeStack) => binding.Stack;
  readonly refinement: (handle: NativeRefinement) => binding.Refinement;
  readonly typed: <T>(promise: Promise<T>) => Promise<T>;
}

class GalleryHandle implements NativeGallery {
  readonly raw: binding.TemplateGallery;
  constructor(raw: binding.TemplateGallery) {
    this.raw = raw;
  }
  get size() {
    return this.raw.size;
  }
}

const scaleOf = ({ pixelPitchMm, calibration }: RefinedCard): binding.CardScale =>
  calibration
    ? { pixelPitchMm, planeJson: JSON.stringify(calibration.plane), distortionPx: calibration.distortionPx }
    : { pixelPitchMm };

export function nativeTemplates({ addon, stack, refinement, typed }: TemplateParts): NativeTemplates {
  const on = (card: RefinedCard) => [stack(card.stack), refinement(card.refinement), scaleOf(card)] as const;
  return {
    openGallery: async (texts, signal) => new GalleryHandle(await typed(addon.openGallery([...texts], signal))),
    async recognise(card, gallery, signal) {
      if (!(gallery instanceof GalleryHandle)) throw new TypeError('a gallery of this addon expected');
      const text = await typed(addon.recogniseTemplate(...on(card), gallery.raw, signal));
      return z.array(candidateSchema).parse(JSON.parse(text));
    },
    match: async (card, template, signal) =>
      nativeMatchSchema.parse(JSON.parse(await typed(addon.matchTemplate(...on(card), template, signal)))),
    async identify(card, likely, signal) {
      const texts = likely.map(({ text }) => text);
      const similarities = likely.map(({ similarity }) => similarity);
      return identifiedSchema.parse(
        JSON.parse(await typed(addon.identifyTemplate(...on(card), texts, similarities, signal))),
      );
    },
    anchors: async (card, places, signal) =>
      anchorsAnswerSchema.parse(
        JSON.parse(await typed(addon.templateAnchors(...on(card), places?.flat() ?? null, signal))),
      ),
    learn: (card, places, identity, signal) =>
      typed(addon.learnTemplate(...on(card), places.flat(), JSON.stringify(identity), signal)),
    check: (text, signal) => typed(addon.checkTemplate(text, signal)),
  };
}
