/** The simulated rig photographs a sheet: the poses that a guided calibration asks for, and the sheet as the simulator takes it. */

import type { NativeCalibration } from '../native/index.ts';
import type { FileRole } from './pictures.ts';
import { type Sheet, sheets } from './sheets.ts';

export interface Pose {
  /** Tilt about x and y, degrees; absent: flat on the rig's plane. */
  readonly tiltDeg?: readonly [number, number];
  readonly rotationDeg: number;
  readonly offsetMm: readonly [number, number];
  readonly heightMm: number;
}

export interface Shot {
  readonly name: string;
  readonly role: FileRole;
  readonly sheet: Sheet;
  readonly pose: Pose;
}

const held = (tilt: [number, number], rotation: number, offset: [number, number], height: number): Pose => ({
  tiltDeg: tilt,
  rotationDeg: rotation,
  offsetMm: offset,
  heightMm: height,
});
const flat = (rotation: number, offset: [number, number]): Pose => ({
  rotationDeg: rotation,
  offsetMm: offset,
  heightMm: 0,
});

/** Tilted to all sides and moved to all corners, as the screen asks a person to do. */
const viewPoses: readonly Pose[] = [
  held([0, 0], 1, [0, 0], 0),
  held([24, 0], 3, [0, 3], 10),
  held([-24, 2], -4, [2, -3], 5),
  held([1, 26], 2, [-4, 0], 12),
  held([0, -26], 92, [4, 2], 0),
  held([18, 18], 45, [0, 0], -10),
  held([-18, 18], 20, [-8, -10], 8),
  held([18, -18], 181, [8, 10], 4),
  held([-15, -20], 8, [9, -10], 0),
  held([10, 12], -10, [-9, 12], 6),
];

/** Placements of the artefact for acceptance: turned and moved each time. */
export const placements: readonly Pose[] = [
  flat(2, [1, -2]),
  flat(178, [-3, 3]),
  flat(12, [2, 2]),
  flat(-9, [-2, -4]),
  flat(90, [0, 0]),
];

/** All photographs of a guided calibration in their order. */
export const guidedShots: readonly Shot[] = [
  ...viewPoses.map((pose, i) => ({
    name: `view-${String(i + 1).padStart(2, '0')}.png`,
    role: 'view' as const,
    sheet: sheets.camera,
    pose,
  })),
  { name: 'plane.png', role: 'plane', sheet: sheets.camera, pose: flat(1.5, [1, -1]) },
  { name: 'artefact.png', role: 'artefact', sheet: sheets.artefact, pose: flat(-2, [0, 1]) },
  { name: 'verify.png', role: 'verify', sheet: sheets.artefact, pose: flat(171, [2, -3]) },
];

/** The pose for the nth photograph of a role; further ones begin again, slightly turned. */
export function poseFor(role: FileRole, index: number): Pose {
  const own = role === 'verify' ? placements : guidedShots.filter((s) => s.role === role).map((s) => s.pose);
  const pose = own[index % own.length] ?? flat(0, [0, 0]);
  return { ...pose, rotationDeg: pose.rotationDeg + 3 * Math.floor(index / own.length) };
}

/** A sheet as the simulator takes it. */
export function sceneOf(
  calibration: NativeCalibration,
  sheet: Sheet,
  pose: Pose,
  printScale = 1,
): Record<string, unknown> {
  const layout = calibration.layout(sheet.board);
  return { rectsMm: layout.rectsMm, discsMm: sheet.discsMm, sizeMm: layout.sizeMm, printScale, pose };
}
