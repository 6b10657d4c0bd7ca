/** A template with another name, set, nominal frame or uncertainty; its anchors and their patches stay. */
import type { Margins, TemplateChange, TemplateFile, TemplateSummary } from '../../contract/index.ts';
import { templateFileSchema } from '../../contract/index.ts';
import { parseJsonWith } from '../errors/parse.ts';
import { turnOf } from './teach.ts';

/** What the list shows of a template's file. */
export const shownOf = ({
  name,
  set,
  side,
  cardMm,
  reference,
  marginsMm,
  anchors,
}: TemplateFile): Pick<
  TemplateSummary,
  'name' | 'set' | 'side' | 'cardMm' | 'reference' | 'marginsMm' | 'anchors'
> => ({
  ...{ name, set, side, cardMm, reference, marginsMm },
  anchors: anchors.length,
});

/** @param name of the template, for the message when its file is damaged */
export function revisedText(text: string, name: string, change: TemplateChange): string {
  const file = parseJsonWith(templateFileSchema, text, name);
  const marginsMm = change.marginsMm === undefined ? file.marginsMm : change.marginsMm;
  const identity = { name: change.name ?? file.name, set: change.set ?? file.set };
  return JSON.stringify({ ...file, ...identity, marginsMm, reference: revisedReference(file, change, marginsMm) });
}

/**
 * How the example's print lies against its cut after a change. Where it followed from stated margins it follows from
 * the new ones: a border that is nominally wider by d on one side moves the place by half of d. Where the example was
 * taken as centred only the stated uncertainty can change.
 */
function revisedReference(
  { reference, marginsMm: before }: TemplateFile,
  { exampleUncertaintyMm: u }: TemplateChange,
  after: Margins | null,
): TemplateFile['reference'] {
  if (reference.kind === 'example')
    return u === undefined ? reference : { ...reference, uncertaintyMm: [u, u], turnUncertaintyDeg: turnOf(u) };
  if (!before || !after) return reference;
  const [x, y] = reference.shiftMm;
  const moved = (a: keyof Margins, b: keyof Margins) => (after[a] - before[a] - (after[b] - before[b])) / 2;
  return { ...reference, shiftMm: [x - moved('left', 'right'), y - moved('top', 'bottom')] };
}
