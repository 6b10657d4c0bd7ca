/** A card that moved between the frames of one side: how exactly the move is found, and what is left of it in normals and widths. */
import { join } from 'node:path';
import { z } from 'zod';
import {
  type CardMove,
  copyCapture,
  cornerErrors,
  movedSpec,
  movementsSchema,
  stillCard,
  takeFrame,
  writeSpec,
} from '../../support/moved-capture.ts';
import { readNpy } from '../lib/files.ts';
import { limited, show } from '../lib/rows.ts';
import { rootMeanSquare, worst } from '../lib/stats.ts';
import type { Context, Group, Row } from '../lib/types.ts';

/** Up to three frames of one capture moved, each by its own amount. */
const touched: readonly (readonly CardMove[])[] = [
  [
    { frame: 2, px: [0.37, -0.21], turnDeg: 0 },
    { frame: 5, px: [-1.63, 0.84], turnDeg: 0.03 },
    { frame: 6, px: [2.5, 2.5], turnDeg: -0.05 },
  ],
  [
    { frame: 0, px: [0.5, 0.5], turnDeg: 0 },
    { frame: 3, px: [-3.3, 0.1], turnDeg: 0 },
    { frame: 7, px: [0.1, 1.9], turnDeg: 0.08 },
  ],
];

const widthsSchema = z.object({
  measurement: z.object({ points: z.array(z.object({ widthMm: z.number().nullable() })) }),
});

/** Rms angle in degrees between two maps of normals where both are known. */
function rmsAngle(path: string, truthPath: string): number {
  const [ours, truth] = [readNpy(path).values, readNpy(truthPath).values];
  let [sum, count] = [0, 0];
  for (let at = 0; at < truth.length; at += 3) {
    const dot = [0, 1, 2].reduce((s, axis) => s + (ours[at + axis] ?? 0) * (truth[at + axis] ?? 0), 0);
    const length = Math.hypot(...ours.subarray(at, at + 3)) * Math.hypot(...truth.subarray(at, at + 3));
    if (!(length > 0.5)) continue;
    sum += Math.acos(Math.min(1, dot / length)) ** 2;
    count += 1;
  }
  return (Math.sqrt(sum / count) * 180) / Math.PI;
}

async function simulated(context: Context, name: string, spec: object): Promise<string> {
  const [out, file] = [join(context.temp, name), join(context.temp, `${name}.json`)];
  writeSpec(file, spec);
  await context.tools.trugrade(['simulate', '--spec', file, '--out', out], z.looseObject({}));
  return out;
}

interface Solved {
  readonly normalsDeg: number;
  readonly widthsMm: readonly number[];
  readonly movements: z.infer<typeof movementsSchema>['movements'];
}

async function solved(context: Context, capture: string, still: string): Promise<Solved> {
  const out = `${capture}.npy`;
  const { movements } = await context.tools.trugrade(['normals', capture, '--out', out], movementsSchema);
  const { measurement } = await context.tools.trugrade(['measure', capture], widthsSchema);
  const widthsMm = measurement.points.map(({ widthMm }) => widthMm ?? Number.NaN);
  return { normalsDeg: rmsAngle(out, join(still, 'normals-truth.npy')), widthsMm, movements };
}

export const capture: Group = {
  name: 'capture',
  async run(context) {
    const errors: number[] = [];
    const ratios: number[] = [];
    const widths: number[] = [];
    const idle: number[] = [];
    const cases = context.quick ? touched.slice(0, 1) : touched;
    for (const [at, moves] of cases.entries()) {
      context.say(`capture: case ${at + 1} of ${cases.length}`);
      const spec = { ...stillCard, seed: 41 + at };
      const still = await simulated(context, `still-${at}`, { ...spec });
      const capture = join(context.temp, `moved-${at}`);
      copyCapture(still, capture);
      const elsewhere = new Map<number, string>();
      for (const move of moves) {
        const folder = await simulated(context, `elsewhere-${at}-${move.frame}`, movedSpec(move, spec));
        takeFrame(capture, folder, move.frame);
        elsewhere.set(move.frame, folder);
      }
      const [before, after] = [await solved(context, still, still), await solved(context, capture, still)];
      for (const [frame, movement] of after.movements.entries()) {
        if (!movement) throw new Error(`the move of frame ${frame} was not found`);
        errors.push(...cornerErrors(movement, still, elsewhere.get(frame) ?? still));
      }
      idle.push(...before.movements.map((movement) => movement?.largestPx ?? Number.NaN));
      ratios.push(after.normalsDeg / before.normalsDeg);
      widths.push(...after.widthsMm.map((width, i) => width - (before.widthsMm[i] ?? Number.NaN)));
    }
    const rows: Row[] = [
      limited({
        figure: 'moves of single frames: rms error at the corners of the card',
        value: rootMeanSquare(errors),
        unit: 'px',
        digits: 4,
        atMost: 0.05,
        detail: `worst ${show(worst(errors), 4, 'px')} of ${errors.length}; frames that did not move seem to by ${show(worst(idle), 4, 'px')}`,
      }),
      limited({
        figure: 'normals with moved frames put back, over those of a card that lay still',
        value: Math.max(...ratios),
        unit: 'x',
        digits: 3,
        atMost: 1.1,
        detail: `rms error, ${ratios.length} cards`,
      }),
      limited({
        figure: 'widths with moved frames put back: rms change',
        value: rootMeanSquare(widths) * 1000,
        unit: 'um',
        digits: 2,
        detail: `worst ${show(worst(widths.map((w) => w * 1000)), 2, 'um')} of ${widths.length} at ${stillCard.pitchMm} mm/px`,
      }),
    ];
    return rows;
  },
};
