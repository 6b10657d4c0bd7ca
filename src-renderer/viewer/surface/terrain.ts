/** Geometry of the surface in three dimensions: which points, which camera, which lines. Pure. */
import { mapLevelSize } from '../../../src-main/contract/surface-maps.ts';
import { roundLength } from './profile.ts';
import { type EdgeRect, type TileGrid, texelPx } from './tiles.ts';

/** Points along the longer side, at most: half a million triangles, which any GPU turns. */
export const mostPoints = 512;

/** A rectangle of points of one level. */
export interface PointGrid {
  readonly level: number;
  /** First column and row in the level. */
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  /** Image px between neighbouring points. */
  readonly stepPx: number;
}

/** The finest level that shows a part of the image with no more points than allowed; at least two by two. */
export function pointGrid(grid: TileGrid, part: EdgeRect, most = mostPoints): PointGrid {
  for (let level = grid.levels - 1; ; level -= 1) {
    const stepPx = texelPx(grid, level);
    const size = mapLevelSize(grid, level);
    const col = Math.min(Math.max(0, Math.floor(part.x0 / stepPx)), Math.max(0, size.widthPx - 2));
    const row = Math.min(Math.max(0, Math.floor(part.y0 / stepPx)), Math.max(0, size.heightPx - 2));
    const width = Math.min(size.widthPx, Math.max(Math.ceil(part.x1 / stepPx), col + 2)) - col;
    const height = Math.min(size.heightPx, Math.max(Math.ceil(part.y1 / stepPx), row + 2)) - row;
    if (Math.max(width, height) <= most || level <= grid.firstLevel) return { level, col, row, width, height, stepPx };
  }
}

/** Two triangles for every cell whose four corners are known. */
export function triangles(width: number, height: number, known: (index: number) => boolean): Uint32Array {
  const indices = new Uint32Array(6 * (width - 1) * (height - 1));
  let count = 0;
  for (let y = 0; y + 1 < height; y += 1)
    for (let x = 0; x + 1 < width; x += 1) {
      const a = y * width + x;
      const [b, c, d] = [a + 1, a + width, a + width + 1];
      if (!(known(a) && known(b) && known(c) && known(d))) continue;
      indices.set([a, c, b, b, c, d], count);
      count += 6;
    }
  return indices.subarray(0, count);
}

export interface HeightStats {
  readonly low: number;
  readonly high: number;
  readonly mean: number;
}

/** Range of all but the outermost half percent, and the mean, of the known heights; null when none is known. */
export function heightStats(heights: Float32Array): HeightStats | null {
  const known = heights.filter((height) => Number.isFinite(height)).sort();
  if (known.length === 0) return null;
  const at = (share: number) => Number(known[Math.round(share * (known.length - 1))]);
  let sum = 0;
  for (const height of known) sum += height;
  return { low: at(0.005), high: at(0.995), mean: sum / known.length };
}

/** The exaggeration at which the relief is an eighth as high as the part is wide, as a round number of at least 1. */
export function startExaggeration(stats: HeightStats, widthInHeightUnits: number): number {
  const span = stats.high - stats.low;
  if (!(span > 0)) return 1;
  return Math.max(1, roundLength(widthInHeightUnits / 8 / span));
}

/** Between contour lines: about eight over the range. */
export const contourStep = (stats: HeightStats) => roundLength((stats.high - stats.low) / 6);

/** The camera circles around the middle: yaw around the card's normal, pitch above the card's plane. */
export interface Orbit {
  readonly yawDeg: number;
  readonly pitchDeg: number;
  /** In half diagonals of the part. */
  readonly distance: number;
}

export const startOrbit: Orbit = { yawDeg: 20, pitchDeg: 40, distance: 3.6 };

export function turnedOrbit({ yawDeg, pitchDeg, distance }: Orbit): Orbit {
  return {
    yawDeg: ((yawDeg % 360) + 360) % 360,
    pitchDeg: Math.min(90, Math.max(2, pitchDeg)),
    distance: Math.min(8, Math.max(0.5, distance)),
  };
}

export function orbitByKey(orbit: Orbit, key: string): Orbit | null {
  const { yawDeg, pitchDeg, distance } = orbit;
  switch (key) {
    case 'ArrowLeft':
      return turnedOrbit({ ...orbit, yawDeg: yawDeg - 10 });
    case 'ArrowRight':
      return turnedOrbit({ ...orbit, yawDeg: yawDeg + 10 });
    case 'ArrowUp':
      return turnedOrbit({ ...orbit, pitchDeg: pitchDeg + 5 });
    case 'ArrowDown':
      return turnedOrbit({ ...orbit, pitchDeg: pitchDeg - 5 });
    case '+':
    case '=':
      return turnedOrbit({ ...orbit, distance: distance / 1.15 });
    case '-':
      return turnedOrbit({ ...orbit, distance: distance * 1.15 });
    case '0':
      return startOrbit;
    default:
      return null;
  }
}

/** 4 x 4, column by column, as WebGL takes it. */
export type Matrix = readonly number[];

/**
 * From the part's own frame (x right, y down, z to the camera, its half diagonal 1, the middle at 0) to clip
 * coordinates: yaw about z, tilt, distance, perspective of 35 degrees.
 */
export function cameraMatrix({ yawDeg, pitchDeg, distance }: Orbit, aspect: number): Matrix {
  const [yaw, tilt] = [(yawDeg * Math.PI) / 180, ((90 - pitchDeg) * Math.PI) / 180];
  const [cy, sy, ct, st] = [Math.cos(yaw), Math.sin(yaw), Math.cos(tilt), Math.sin(tilt)];
  // Image y runs down, so it is turned over first: up in the picture is up on the screen.
  const view: Matrix = [cy, sy * ct, -sy * st, 0, sy, -cy * ct, cy * st, 0, 0, st, ct, 0, 0, 0, -distance, 1];
  return multiplied(perspective(aspect, 0.05, 20), view);
}

function perspective(aspect: number, near: number, far: number): Matrix {
  const f = 1 / Math.tan((35 * Math.PI) / 360);
  // A tall view narrows the angle across, so that the part stays in sight.
  const [fx, fy] = aspect >= 1 ? [f / aspect, f] : [f, f * aspect];
  const depth = 1 / (near - far);
  return [fx, 0, 0, 0, 0, fy, 0, 0, 0, 0, (far + near) * depth, -1, 0, 0, 2 * far * near * depth, 0];
}

export function multiplied(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 16 }, (_, i) => {
    const [column, row] = [i >> 2, i & 3];
    let sum = 0;
    for (let k = 0; k < 4; k += 1) sum += Number(a[4 * k + row]) * Number(b[4 * column + k]);
    return sum;
  });
}

/** A point through a matrix, divided by its last component. */
export function transformed(matrix: Matrix, x: number, y: number, z: number): readonly [number, number, number] {
  const at = (row: number) =>
    Number(matrix[row]) * x + Number(matrix[4 + row]) * y + Number(matrix[8 + row]) * z + Number(matrix[12 + row]);
  return [at(0) / at(3), at(1) / at(3), at(2) / at(3)];
}
