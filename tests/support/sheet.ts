/** Draws a flatbed sheet of cards with known borders: grey, 16 bit, every pixel the mean of its sub-samples. */
import { writeGreyPng } from '../bench/lib/png.ts';

export interface DrawnCard {
  readonly xMm: number;
  readonly yMm: number;
  readonly angleDeg: number;
  /** Left, right, top, bottom, mm. */
  readonly borders: readonly [number, number, number, number];
}

export interface DrawnSheet {
  readonly widthMm: number;
  readonly heightMm: number;
  readonly pitchMm: number;
  readonly cards: readonly DrawnCard[];
  /** Where a pixel looks on the sheet, mm; straight down at the pitch when not given. */
  readonly look?: ((xPx: number, yPx: number) => readonly [number, number]) | undefined;
}

/** A pinhole camera with Brown's radial distortion over a plane, as plain formulas. */
export interface DrawnCamera {
  readonly focalPx: number;
  readonly centrePx: readonly [number, number];
  readonly k1: number;
  readonly k2: number;
  /** From an undistorted ray (x, y, 1) to the plane, mm. */
  readonly toPlane: readonly (readonly [number, number, number])[];
}

/** The plane's place that a pixel sees; distortion is undone by fixed-point iteration (Heikkilä & Silvén 1997). */
export function lookThrough({ focalPx, centrePx, k1, k2, toPlane }: DrawnCamera): NonNullable<DrawnSheet['look']> {
  return (xPx, yPx) => {
    const [dx, dy] = [(xPx - centrePx[0]) / focalPx, (yPx - centrePx[1]) / focalPx];
    let [x, y] = [dx, dy];
    for (let i = 0; i < 10; i += 1) {
      const r2 = x * x + y * y;
      const stretch = 1 + k1 * r2 + k2 * r2 * r2;
      [x, y] = [dx / stretch, dy / stretch];
    }
    const [u = 0, v = 0, w = 1] = toPlane.map(([a, b, c]) => a * x + b * y + c);
    return [u / w, v / w];
  };
}

const [halfWidth, halfHeight] = [63.5 / 2, 88.9 / 2];
const light = { ground: 0.06, frame: 0.75, art: 0.25 };
/** Sub-samples of a pixel that an edge crosses; no two lie above or beside each other, so that an upright edge moves them one by one. */
const fine = 64;
const golden = 0.618_033_988_75;

/** Light at a place of the sheet, linear. */
function lightAt(cards: readonly DrawnCard[], xMm: number, yMm: number): number {
  for (const card of cards) {
    const [dx, dy] = [xMm - card.xMm, yMm - card.yMm];
    const angle = (card.angleDeg * Math.PI) / 180;
    const u = dx * Math.cos(angle) + dy * Math.sin(angle);
    const v = -dx * Math.sin(angle) + dy * Math.cos(angle);
    const inside = [halfWidth + u, halfWidth - u, halfHeight + v, halfHeight - v];
    if (inside.some((distance) => distance < 0)) continue;
    const framed = inside.some((distance, side) => distance < (card.borders[side] ?? 0));
    return framed ? light.frame : light.art;
  }
  return light.ground;
}

/** Writes the sheet as a PNG of linear light; gives its size in pixels. */
export function writeSheet(path: string, sheet: DrawnSheet): { widthPx: number; heightPx: number } {
  const { pitchMm, cards, look = (x: number, y: number) => [x * pitchMm, y * pitchMm] as const } = sheet;
  const widthPx = Math.round(sheet.widthMm / pitchMm);
  const heightPx = Math.round(sheet.heightMm / pitchMm);
  const sharp = new Float64Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const corners = [
        [-0.5, -0.5],
        [0.5, -0.5],
        [-0.5, 0.5],
        [0.5, 0.5],
      ].map(([dx = 0, dy = 0]) => lightAt(cards, ...look(x + dx, y + dy)));
      const [first = 0] = corners;
      sharp[y * widthPx + x] = corners.every((value) => value === first) ? first : mean(x, y);
    }
  }
  writeGreyPng(path, widthPx, heightPx, 16, soften(sharp, widthPx, heightPx));
  return { widthPx, heightPx };

  function mean(x: number, y: number): number {
    let sum = 0;
    for (let k = 0; k < fine; k += 1) {
      const [dx, dy] = [(k + 0.5) / fine - 0.5, ((k * golden) % 1) - 0.5];
      sum += lightAt(cards, ...look(x + dx, y + dy));
    }
    return sum / fine;
  }
}

/** The blur of a scanner: binomial 1 4 6 4 1 along both axes, sigma 1 px. */
function soften(values: Float64Array, width: number, height: number): Float64Array {
  const kernel = [1, 4, 6, 4, 1].map((weight) => weight / 16);
  const pass = (from: Float64Array, dx: number, dy: number) => {
    const out = new Float64Array(from.length);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        let sum = 0;
        for (const [k, weight] of kernel.entries()) {
          const fromX = Math.min(width - 1, Math.max(0, x + (k - 2) * dx));
          const fromY = Math.min(height - 1, Math.max(0, y + (k - 2) * dy));
          sum += weight * (from[fromY * width + fromX] ?? 0);
        }
        out[y * width + x] = sum;
      }
    }
    return out;
  };
  return pass(pass(values, 1, 0), 0, 1);
}
