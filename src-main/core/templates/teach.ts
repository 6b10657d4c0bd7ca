/** Teaching a design from one good example: the card is found and measured, its anchors are judged, the file is made. */
import type { AnchorsAnswer, AppliedCalibration, Measurement, Teaching } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import { refuse } from '../errors/index.ts';
import type { Native, NativeStack, RefinedCard } from '../native/index.ts';
import { budgetTerms } from '../uncertainty/index.ts';

type Places = readonly (readonly [number, number])[];

/** A card ready to be learned from; its pixels live until `work` has ended. */
export interface Example extends RefinedCard {
  readonly input: CaptureInput;
  readonly measurement: Measurement;
}

/** The camera that a picture was taken by; null where the pixel pitch is all that is known. */
export type CameraOf = (input: CaptureInput, stack: NativeStack) => AppliedCalibration | null;

/**
 * Opens an example and gives its pixels back afterwards.
 * @throws AppError `value.invalid` without a scale; what decoding and finding the card refuse
 */
export async function withExample<T>(
  native: Native,
  input: CaptureInput,
  cameraOf: CameraOf,
  signal: AbortSignal,
  work: (example: Example) => Promise<T>,
): Promise<T> {
  const { pixelPitchMm, expectedSizeMm } = input;
  if (pixelPitchMm === null)
    throw refuse(
      'value.invalid',
      'a template is learned in millimetres and there is no scale',
      'give the pixel pitch',
      {
        file: input.name,
        field: 'pixelPitchMm',
      },
    );
  const stack = await native.loadStack(input, () => undefined, signal);
  try {
    const outline = await native.findOutline(stack, { pixelPitchMm, expectedSizeMm }, signal);
    const calibration = cameraOf(input, stack);
    const refinement = await outline.refine(stack, pixelPitchMm, signal, calibration?.plane ?? null);
    return await work({
      input,
      stack,
      refinement,
      pixelPitchMm,
      calibration,
      measurement: refinement.calculate(pixelPitchMm, budgetTerms(null), calibration),
    });
  } finally {
    stack.free();
  }
}

export const proposeAnchors = (native: Native, example: Example, signal: AbortSignal): Promise<AnchorsAnswer> =>
  native.templates.anchors(example, null, signal);

/** The text of the new template's file. `places` null takes the proposed anchors. */
export async function learnTemplate(
  native: Native,
  example: Example,
  teaching: Teaching,
  places: Places | null,
  signal: AbortSignal,
): Promise<string> {
  const chosen = places ?? (await proposeAnchors(native, example, signal)).anchors.map((a) => a.atMm);
  const identity = {
    name: teaching.name,
    set: teaching.set,
    side: example.input.side,
    cardMm: teaching.cardMm,
    marginsMm: teaching.marginsMm,
    reference: referenceOf(example.measurement, teaching),
  };
  return native.templates.learn(example, chosen, identity, signal);
}

/**
 * How the example's print lies against its cut. Where nominal margins are stated and all four borders were measured,
 * it follows from them: half the difference of what opposite borders have too much. Else the example is taken as
 * centred, as surely as the person says.
 */
export function referenceOf(measurement: Measurement, { marginsMm, exampleUncertaintyMm }: Teaching) {
  const { left, right, top, bottom } = measurement.meanMm;
  const known = left !== null && right !== null && top !== null && bottom !== null;
  if (!marginsMm || !known)
    return {
      kind: 'example',
      shiftMm: [0, 0],
      turnDeg: 0,
      uncertaintyMm: [exampleUncertaintyMm, exampleUncertaintyMm],
      turnUncertaintyDeg: turnOf(exampleUncertaintyMm),
    };
  const shift = (a: number, nominalA: number, b: number, nominalB: number) => (a - nominalA - (b - nominalB)) / 2;
  const u = (axis: 'leftRight' | 'topBottom', sum: number) =>
    ((measurement.centering[`${axis}UncertaintyPp`] ?? 0) / 100) * sum;
  const uncertaintyMm = [u('leftRight', left + right), u('topBottom', top + bottom)] as const;
  return {
    kind: 'margins',
    shiftMm: [shift(left, marginsMm.left, right, marginsMm.right), shift(top, marginsMm.top, bottom, marginsMm.bottom)],
    turnDeg: measurement.printTiltDeg ?? 0,
    uncertaintyMm,
    turnUncertaintyDeg: (Math.atan2(Math.max(...uncertaintyMm), 22) * 180) / Math.PI,
  };
}

/** Half the length of a card, mm. */
const halfLengthMm = 44;

/** The turn that moves the end of a card's longer half by this distance, degrees. */
export const turnOf = (distanceMm: number): number => (Math.atan2(distanceMm, halfLengthMm) * 180) / Math.PI;
