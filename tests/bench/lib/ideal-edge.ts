/** Pictures of one straight blurred edge whose place is known exactly; drawn from the formula, without the product's code. */
import { normal } from './random.ts';

export interface IdealEdge {
  /** Side of the square picture, px. */
  readonly sizePx: number;
  /** Direction of the edge's normal from x towards y, degrees; 0 is a vertical edge. */
  readonly angleDeg: number;
  /** Distance of the edge from the middle pixel's centre along the normal, px. */
  readonly offsetPx: number;
  /** Gaussian point spread, px; the pixel's area comes on top. */
  readonly psfPx: number;
  /** Levels before and behind the edge along the normal, 0..1 of linear light. */
  readonly low: number;
  readonly high: number;
  /** Contrast over the noise's standard deviation; infinite for none. */
  readonly snr: number;
  readonly seed: number;
}

/** Normal distribution function by its all-positive series (Abramowitz & Stegun 26.2.11), absolute error below 1e-14. */
export function phi(z: number): number {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0;
  let [term, sum] = [z, z];
  for (let n = 1; Math.abs(term) > 1e-17 && n < 400; n += 1) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

/** Nodes and weights of Gauss and Legendre of order 5 over a pixel, -0.5..0.5. */
const nodes = [
  [-0.453089922969332, 0.1184634425280945],
  [-0.2692346550528415, 0.2393143352496832],
  [0, 0.2844444444444444],
  [0.2692346550528415, 0.2393143352496832],
  [0.453089922969332, 0.1184634425280945],
] as const;

/** Signed distance of a place from the edge along its normal, px; positive on the bright side. */
export function signedDistance(edge: IdealEdge, xPx: number, yPx: number): number {
  const angle = (edge.angleDeg * Math.PI) / 180;
  const middle = (edge.sizePx - 1) / 2;
  return (xPx - middle) * Math.cos(angle) + (yPx - middle) * Math.sin(angle) - edge.offsetPx;
}

/** Linear light, row by row, integrated over each pixel's area; far from the edge the plain levels. */
export function draw(edge: IdealEdge): Float64Array {
  const noise = normal(edge.seed);
  const contrast = edge.high - edge.low;
  const angle = (edge.angleDeg * Math.PI) / 180;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return Float64Array.from({ length: edge.sizePx ** 2 }, (_, at) => {
    const distance = signedDistance(edge, at % edge.sizePx, Math.floor(at / edge.sizePx));
    let share = distance > 0 ? 1 : 0;
    if (Math.abs(distance) < 8 * edge.psfPx + 1) {
      share = 0;
      for (const [dx, wx] of nodes)
        for (const [dy, wy] of nodes) share += wx * wy * phi((distance + dx * c + dy * s) / edge.psfPx);
    }
    const grain = Number.isFinite(edge.snr) ? (noise() * contrast) / edge.snr : 0;
    return edge.low + contrast * share + grain;
  });
}

/** IEC 61966-2-1, linear light to stored signal. */
export function srgb(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.max(0, linear) ** (1 / 2.4) - 0.055;
}
