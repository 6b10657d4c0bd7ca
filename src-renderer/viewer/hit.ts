/** What lies under the pointer: nearest point, polygon, outline. Pure; distances in screen pixels. */
import type { PointPx } from '../../src-main/contract/geometry.ts';
import type { Scene, Target } from './scene.ts';
import { type ScreenPoint, toScreen, type ViewTransform } from './transform.ts';

/** Even-odd rule by crossings of a ray to the right (Shimrat 1962); a point on an outline may fall on either side. */
export function pointInPolygon(at: ScreenPoint, polygon: readonly ScreenPoint[]): boolean {
  let inside = false;
  let previous = polygon[polygon.length - 1];
  for (const corner of polygon) {
    if (previous && corner.y > at.y !== previous.y > at.y) {
      const crossing = previous.x + ((at.y - previous.y) / (corner.y - previous.y)) * (corner.x - previous.x);
      if (at.x < crossing) inside = !inside;
    }
    previous = corner;
  }
  return inside;
}

export function distanceToSegment(at: ScreenPoint, a: ScreenPoint, b: ScreenPoint): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((at.x - a.x) * dx + (at.y - a.y) * dy) / squared));
  return Math.hypot(at.x - a.x - along * dx, at.y - a.y - along * dy);
}

/** Distance to a closed outline; 0 inside; Infinity for an empty one. */
export function distanceToPolygon(at: ScreenPoint, polygon: readonly ScreenPoint[]): number {
  if (pointInPolygon(at, polygon)) return 0;
  let nearest = Number.POSITIVE_INFINITY;
  let previous = polygon[polygon.length - 1];
  for (const corner of polygon) {
    if (previous) nearest = Math.min(nearest, distanceToSegment(at, previous, corner));
    previous = corner;
  }
  return nearest;
}

/** Area by the shoelace formula, never negative. */
export function polygonArea(polygon: readonly ScreenPoint[]): number {
  let twice = 0;
  let previous = polygon[polygon.length - 1];
  for (const corner of polygon) {
    if (previous) twice += previous.x * corner.y - corner.x * previous.y;
    previous = corner;
  }
  return Math.abs(twice) / 2;
}

/** Index of the point nearest to `at` within `reach`, or -1. */
export function nearestPoint(at: ScreenPoint, points: readonly ScreenPoint[], reach: number): number {
  let best = -1;
  let bestDistance = reach;
  for (const [index, point] of points.entries()) {
    const distance = Math.hypot(point.x - at.x, point.y - at.y);
    if (distance <= bestDistance) {
      best = index;
      bestDistance = distance;
    }
  }
  return best;
}

export interface HitOptions {
  readonly points: boolean;
  readonly defects: boolean;
  /** How near is near enough, screen px. */
  readonly reach: number;
}

/** Points win over regions, a small region over the large one it lies in. */
export function hitTest(scene: Scene, view: ViewTransform, at: ScreenPoint, options: HitOptions): Target | null {
  const point = options.points ? hitPoint(scene, view, at, options.reach) : null;
  return point ?? (options.defects ? hitDefect(scene, view, at, options.reach) : null);
}

function hitPoint(scene: Scene, view: ViewTransform, at: ScreenPoint, reach: number): Target | null {
  const spots: { readonly id: string; readonly place: ScreenPoint }[] = [];
  for (const { id, outer, border } of scene.points) {
    for (const place of [outer, border]) if (place) spots.push({ id, place: toScreen(view, place) });
  }
  const spot =
    spots[
      nearestPoint(
        at,
        spots.map(({ place }) => place),
        reach,
      )
    ];
  return spot ? { kind: 'point', id: spot.id } : null;
}

function hitDefect(scene: Scene, view: ViewTransform, at: ScreenPoint, reach: number): Target | null {
  let best: { readonly id: string; readonly area: number } | null = null;
  for (const { id, polygon } of scene.defects) {
    const outline = polygon.map((corner: PointPx) => toScreen(view, corner));
    if (distanceToPolygon(at, outline) > reach / 2) continue;
    const area = polygonArea(outline);
    if (!best || area < best.area) best = { id, area };
  }
  return best ? { kind: 'defect', id: best.id } : null;
}
