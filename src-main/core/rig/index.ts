/** Rigs: what photographs one side of a card under all lights into a capture folder. The simulated one is always there. */
import type { LightTarget, Rig } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import type { Native } from '../native/index.ts';
import { type Placement, placedCard, simulatedCamera } from './placement.ts';
import { writeBallCapture } from './targets.ts';

export { type Placement, simulatedCamera, simulatedOperators } from './placement.ts';
export { simulatedCameraMm, simulatedLights, writeBallCapture } from './targets.ts';

export interface RigDriver {
  describe(): Rig;
  /** Photographs what lies on the rig into an empty folder. @throws AppError */
  capture(folder: string, options: CaptureOptions, signal: AbortSignal): Promise<void>;
  /** Photographs a sheet into a PNG file; a rig with a person at it takes what lies there and ignores the scene. */
  photograph?(scene: Readonly<Record<string, unknown>>, path: string, seed: number, signal: AbortSignal): Promise<void>;
  /** Photographs a target of the lights' calibration under every light into an empty folder. @throws AppError */
  photographTarget?(
    target: LightTarget,
    folder: string,
    progress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface CaptureOptions {
  /** Which sample card the simulated rig holds; ignored by real rigs. */
  readonly sample: number;
  /** In a gauge study: how the simulated rig's card is placed this time; ignored by real rigs. */
  readonly placement?: Placement | undefined;
  readonly progress: (fraction: number) => void;
}

const borderKinds = ['yellow', 'white', 'black', 'silver', 'doubleFrame'] as const;
const artKinds = ['landscape', 'portrait', 'abstract', 'halftone'] as const;
const pick = <T>(items: readonly T[], index: number): T | undefined => items[index % items.length];

/** Sample 0 is the demo card; the others differ in print, place and damage, decided by the number alone. */
export function sampleCard(sample: number): Record<string, unknown> {
  if (sample === 0) return {};
  return {
    seed: sample + 1,
    borderKind: pick(borderKinds, sample),
    art: pick(artKinds, Math.floor(sample / 2) + sample),
    rotationDeg: ((sample * 37) % 41) / 10 - 2,
    printTiltDeg: ((sample * 13) % 9) / 40 - 0.1,
    defects: {
      scratches: sample % 3,
      dents: Math.floor(sample / 3) % 2,
      printDots: sample % 2,
      creases: sample % 7 === 6 ? 1 : 0,
      stains: sample % 5 === 4 ? 1 : 0,
      printLines: 0,
      edgeWhitening: Math.floor(sample / 2) % 2,
      cornerWear: sample % 4,
    },
  };
}

/** The embedded rig of demo and tests; everything that comes from it is labelled as simulated. */
export function simulatedRig(native: Native): RigDriver {
  let busy = false;
  return {
    describe: () => ({
      id: 'simulated',
      name: 'Simulated rig',
      simulated: true,
      state: busy ? 'busy' : 'connected',
      lights: 8,
      pixelPitchMm: 0.04,
    }),
    async capture(folder, { sample, placement, progress }, signal) {
      busy = true;
      try {
        const card = sampleCard(sample);
        const scene = placement ? placedCard(card, placement) : { ...simulatedCamera, ...card };
        await native.simulate(scene, folder, progress, signal);
      } finally {
        busy = false;
      }
    },
    async photographTarget(target, folder, progress, signal) {
      if (target !== 'mirror' && target !== 'matte')
        throw refuse(
          'notAllowed',
          'the lights of the simulated rig are too far away for flat fields to tell where they stand',
          'take its mirror ball or matte ball, or choose a capture of a white plane under near lights',
          { field: target },
        );
      busy = true;
      try {
        await writeBallCapture(target, folder, progress, signal);
      } finally {
        busy = false;
      }
    },
    async photograph(scene, path, seed, signal) {
      busy = true;
      try {
        await native.calibration.simulate({ ...simulatedCamera, seed }, scene, path, () => undefined, signal);
      } finally {
        busy = false;
      }
    },
  };
}

export interface Rigs {
  list(): Rig[];
  /** @throws AppError `notFound` */
  get(id: string): RigDriver;
}

export function createRigs(drivers: readonly RigDriver[]): Rigs {
  return {
    list: () => drivers.map((driver) => driver.describe()),
    get(id) {
      const driver = drivers.find((d) => d.describe().id === id);
      if (!driver)
        throw refuse('notFound', `there is no rig "${id}"`, 'choose one of the connected rigs', { field: 'rigId' });
      return driver;
    },
  };
}
