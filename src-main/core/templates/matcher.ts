/** Holds a measured card against templates: the chosen one, or the best of those that could be it. */
import type { Measurement, PrintMatch } from '../../contract/index.ts';
import { sides } from '../../contract/index.ts';
import { AppError } from '../errors/index.ts';
import type { NativeGallery, NativeTemplates, RefinedCard } from '../native/index.ts';

/** A template that a card can be matched to. */
export interface KnownTemplate {
  readonly id: string;
  readonly name: string;
  readonly set: string;
  /** SHA-256 of the file. */
  readonly content: string;
  /** The nominal frame is not symmetric: such a card is off its borders' ratio by design. */
  readonly asymmetric: boolean;
  /** Text of the template's file. */
  read(): Promise<string>;
}

export interface PrintOutcome {
  readonly print: PrintMatch | null;
  /** What was tried, for the checks; a refusal of the template that a person chose. */
  readonly refusal: AppError | null;
  /** For a person, when no template fits or the card lies upside down. */
  readonly note: string | null;
}

export interface PrintMatcher {
  /** Undefined when there is nothing to be matched: all borders were measured, or there are no templates. */
  match(card: RefinedCard, measurement: Measurement, signal: AbortSignal): Promise<PrintOutcome | undefined>;
}

const identity = ({ id, name, set, content, asymmetric }: KnownTemplate, chosen: PrintMatch['template']['chosen']) => ({
  id,
  name,
  set,
  content,
  asymmetric,
  chosen,
});

/** One template that a person chose, or locked for this card. */
export const lockedMatcher = (native: NativeTemplates, template: KnownTemplate): PrintMatcher => ({
  async match(card, _measurement, signal) {
    try {
      const found = await native.match(card, await template.read(), signal);
      return { print: { template: identity(template, 'person'), ...found }, refusal: null, note: null };
    } catch (error) {
      if (error instanceof AppError && error.code === 'template.mismatch')
        return { print: null, refusal: error, note: null };
      throw error;
    }
  },
});

/** Templates tried on one card after the shortlist. */
const mostTries = 3;

/**
 * The best of many: a shortlist by their overviews, then the one of them that explains the card best.
 * A card whose four borders were measured needs none, unless an asymmetric design is among the templates.
 */
export function recognisingMatcher(native: NativeTemplates, templates: () => readonly KnownTemplate[]): PrintMatcher {
  const gallery = createGallery(native);
  return {
    async match(card, measurement, signal) {
      const measured = sides.every((side) => measurement.sides[side].measured);
      const useful = templates().filter((template) => !measured || template.asymmetric);
      if (useful.length === 0) return undefined;
      const { opened, known } = await gallery.of(useful, signal);
      const candidates = await native.recognise(card, opened, signal);
      const likely = candidates
        .filter((c) => !c.upsideDown)
        .slice(0, mostTries)
        .flatMap(({ index, similarity }) => {
          const template = known[index];
          return template ? [{ template, similarity }] : [];
        });
      const texts = await Promise.all(
        likely.map(async ({ template, similarity }) => ({ text: await template.read(), similarity })),
      );
      const { index, print, undecided } = await native.identify(card, texts, signal);
      const found = index === null ? undefined : likely[index]?.template;
      if (found && print)
        return { print: { template: identity(found, 'recognised'), ...print }, refusal: null, note: null };
      if (undecided.length > 0) {
        const names = undecided.map((i) => `"${likely[i]?.template.name}"`).join(' and ');
        const note = `the card fits the templates ${names} alike: choose one of them for it`;
        return { print: null, refusal: null, note };
      }
      if (measured) return undefined;
      const turned = candidates[0]?.upsideDown ? known[candidates[0].index] : undefined;
      const note = turned
        ? `the card looks like template "${turned.name}" upside down: turn it and capture it again`
        : `none of ${useful.length} templates fits this card: learn its design from a good example`;
      return { print: null, refusal: null, note };
    },
  };
}

/** The overviews of a list of templates, opened once for as long as the list stays the same. */
function createGallery(native: NativeTemplates) {
  let last: { key: string; opened: NativeGallery; known: readonly KnownTemplate[] } | undefined;
  return {
    async of(all: readonly KnownTemplate[], signal: AbortSignal) {
      const key = all.map((t) => t.content).join();
      if (last?.key !== key) {
        const texts = await Promise.all(all.map((t) => t.read()));
        last = { key, opened: await native.openGallery(texts, signal), known: all };
      }
      return last;
    },
  };
}
