/** A simulated capture some of whose frames show the card elsewhere: frames of several captures in one folder. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const place = z.object({ xPx: z.number(), yPx: z.number() });
const truthSchema = z.object({ imagePx: z.tuple([z.number(), z.number()]), corners: z.array(place).length(4) });

/** Settings that all captures share: only place, turn and noise of the card differ. */
export const stillCard = {
  pitchMm: 0.08,
  imagePx: [960, 1280],
  rotationDeg: 0.3,
  offsetMm: [0.2, -0.1],
  defects: { scratches: 0, dents: 0, printDots: 0, edgeWhitening: 0, cornerWear: 0 },
} as const;

export interface CardMove {
  /** Index of the frame at which the card lies elsewhere. */
  readonly frame: number;
  readonly px: readonly [number, number];
  readonly turnDeg: number;
}

/** The specification of the card in its moved place, its noise its own. */
export const movedSpec = (move: CardMove, still: typeof stillCard & Record<string, unknown>) => ({
  ...still,
  rotationDeg: still.rotationDeg + move.turnDeg,
  offsetMm: [still.offsetMm[0] + move.px[0] * still.pitchMm, still.offsetMm[1] + move.px[1] * still.pitchMm],
  noiseSeed: 900 + move.frame,
});

/** Puts the moved frame of `from` into `capture`. */
export function takeFrame(capture: string, from: string, frame: number): void {
  const name = `light-${String(frame).padStart(2, '0')}.png`;
  copyFileSync(join(from, name), join(capture, name));
}

export const copyCapture = (from: string, to: string) => cpSync(from, to, { recursive: true });

const cornersOf = (folder: string) => truthSchema.parse(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')));

export const movementsSchema = z.object({
  movements: z.array(
    z
      .object({
        shiftPx: z.tuple([z.number(), z.number()]),
        turnDeg: z.number(),
        largestPx: z.number(),
        undone: z.boolean(),
      })
      .nullable(),
  ),
});
export type Movement = NonNullable<z.infer<typeof movementsSchema>['movements'][number]>;

/** Distances, px, between where a movement puts the card's corners and where the simulator drew them. */
export function cornerErrors(movement: Movement, still: string, moved: string): number[] {
  const [a, b] = [cornersOf(still), cornersOf(moved)];
  const middle = a.imagePx.map((side) => (side - 1) / 2) as [number, number];
  const turn = (movement.turnDeg * Math.PI) / 180;
  return a.corners.map(({ xPx, yPx }, i) => {
    const [x, y] = [xPx - middle[0], yPx - middle[1]];
    const foundX = middle[0] + x * Math.cos(turn) - y * Math.sin(turn) + movement.shiftPx[0];
    const foundY = middle[1] + x * Math.sin(turn) + y * Math.cos(turn) + movement.shiftPx[1];
    const drawn = b.corners[i] ?? { xPx: Number.NaN, yPx: Number.NaN };
    return Math.hypot(foundX - drawn.xPx, foundY - drawn.yPx);
  });
}

export const writeSpec = (path: string, spec: object) => writeFileSync(path, JSON.stringify(spec));
