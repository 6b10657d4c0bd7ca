/** How the simulated rig lets an imagined operator place a card, so that a gauge study has something to find. */

/** Camera of the simulated rig: a fixed frame of 78 x 102 mm, so that one calibration holds for every card. */
export const simulatedCamera: Readonly<Record<string, unknown>> = { imagePx: [1950, 2550], pitchMm: 0.04 };

/** One placement in a gauge study; a new one for every measurement. */
export interface Placement {
  /** Index of the operator: each leaves the card on the stage in a way of their own. */
  readonly operator: number;
  /** What the random part of this placement, and the noise of its pictures, is drawn from. */
  readonly seed: number;
  /** False: the card stays as it lies, and only the noise is new. */
  readonly replaced: boolean;
  /** Whether the camera photographs as it was calibrated; else coarsely, which is quicker. */
  readonly calibrated: boolean;
}

/** Tilt of the card on the stage that the first operators have as a habit, degrees about x and about y. */
const habits = [
  [0, 0],
  [0.25, 0],
  [0, -0.25],
  [0.2, 0.2],
] as const;

/** What reports say of operators who are not there. */
export const simulatedOperators =
  'Operators are simulated: each leaves the card tilted on the stage by an amount of their own (up to 0.3 degrees), and every placement adds its own shift (0.5 mm), rotation (0.4 degrees) and tilt (0.05 degrees), one standard deviation each.';

/**
 * Settings of the simulator for a card placed once more: the same card, another place, other noise. Two lights, and a
 * coarse pitch where no calibration asks for the camera's own, as only the border is measured.
 */
export function placedCard(card: Readonly<Record<string, unknown>>, placement: Placement): Record<string, unknown> {
  const normal = normals(placement.replaced ? placement.seed : 1);
  const habit = habits[placement.operator % habits.length] ?? habits[0];
  return {
    ...card,
    noiseSeed: placement.seed,
    lights: 2,
    ...(placement.calibrated ? simulatedCamera : { pitchMm: 0.08 }),
    bits: 16,
    colour: false,
    defects: noDamage,
    rotationDeg: 0.4 * normal(),
    offsetMm: [0.5 * normal(), 0.5 * normal()],
    tiltDeg: [habit[0] + 0.05 * normal(), habit[1] + 0.05 * normal()],
  };
}

const noDamage = {
  scratches: 0,
  dents: 0,
  printDots: 0,
  creases: 0,
  stains: 0,
  printLines: 0,
  edgeWhitening: 0,
  cornerWear: 0,
} as const;

/** Standard normal values by Box and Muller from a mixing generator (splitmix32). */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (((z ^ (z >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
