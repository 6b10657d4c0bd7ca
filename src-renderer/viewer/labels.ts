/** Places the width labels beside their stations so that none covers another. Pure; all in screen pixels. */
import type { Side } from '../../src-main/contract/geometry.ts';
import { outward } from './scene.ts';
import type { ScreenPoint, ScreenRect } from './transform.ts';

export interface LabelRequest {
  readonly id: string;
  readonly side: Side;
  readonly anchor: ScreenPoint;
}

export interface LabelOptions {
  readonly width: number;
  readonly height: number;
  /** Between the outer edge and the label. */
  readonly distance: number;
  /** Between neighbouring labels. */
  readonly gap: number;
  /** Labels stay in here; anchors outside have none. */
  readonly area: ScreenRect;
}

export interface PlacedLabel extends ScreenRect {
  readonly id: string;
  readonly anchor: ScreenPoint;
}

/**
 * Along each side the labels keep their order and move as little as possible (least squares with a least spacing, solved
 * exactly by pooling neighbours); then they are kept inside the area, and one that still covers another moves on along
 * its side, or is left out when no place is free.
 */
export function placeLabels(requests: readonly LabelRequest[], options: LabelOptions): readonly PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  for (const side of ['left', 'right', 'top', 'bottom'] as const) {
    const visible = requests.filter((each) => each.side === side && isNear(each.anchor, options.area));
    for (const label of placeSide(visible, side, options)) {
      const free = findFree(label, side, placed, options);
      if (free) placed.push(free);
    }
  }
  return placed;
}

function placeSide(requests: readonly LabelRequest[], side: Side, options: LabelOptions): readonly PlacedLabel[] {
  const vertical = side === 'left' || side === 'right';
  const along = (point: ScreenPoint) => (vertical ? point.y : point.x);
  const sorted = [...requests].sort((a, b) => along(a.anchor) - along(b.anchor));
  const spacing = (vertical ? options.height : options.width) + options.gap;
  const centres = spread(
    sorted.map(({ anchor }) => along(anchor)),
    spacing,
  );
  const out = outward(side);
  return sorted.map(({ id, anchor }, index) => {
    const centre = centres[index] ?? along(anchor);
    const away = options.distance + (vertical ? options.width : options.height) / 2;
    const x = (vertical ? anchor.x + out.x * away : centre) - options.width / 2;
    const y = (vertical ? centre : anchor.y + out.y * away) - options.height / 2;
    return { id, anchor, ...keepInside(x, y, options) };
  });
}

/**
 * The positions nearest to `wanted` (least squares) that lie at least `spacing` apart and keep their order: subtracting
 * the spacing turns it into isotonic regression, solved by pooling adjacent violators (Ayer et al. 1955).
 *
 * @param wanted ascending
 */
export function spread(wanted: readonly number[], spacing: number): readonly number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const [index, value] of wanted.entries()) {
    let pool = { sum: value - index * spacing, count: 1 };
    let before = pools.at(-1);
    while (before && before.sum / before.count > pool.sum / pool.count) {
      pool = { sum: before.sum + pool.sum, count: before.count + pool.count };
      pools.pop();
      before = pools.at(-1);
    }
    pools.push(pool);
  }
  return pools
    .flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
    .map((base, index) => base + index * spacing);
}

export function overlaps(a: ScreenRect, b: ScreenRect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function keepInside(x: number, y: number, { width, height, area }: LabelOptions): ScreenRect {
  return {
    x: Math.min(Math.max(x, area.x), Math.max(area.x, area.x + area.width - width)),
    y: Math.min(Math.max(y, area.y), Math.max(area.y, area.y + area.height - height)),
    width,
    height,
  };
}

function isNear({ x, y }: ScreenPoint, { x: left, y: top, width, height }: ScreenRect): boolean {
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

function findFree(
  label: PlacedLabel,
  side: Side,
  placed: readonly PlacedLabel[],
  options: LabelOptions,
): PlacedLabel | null {
  const vertical = side === 'left' || side === 'right';
  const step = (vertical ? options.height : options.width) + options.gap;
  for (const offset of [0, 1, -1, 2, -2, 3, -3, 4, -4]) {
    const moved = keepInside(
      label.x + (vertical ? 0 : offset * step),
      label.y + (vertical ? offset * step : 0),
      options,
    );
    if (!placed.some((other) => overlaps(moved, other))) return { ...label, ...moved };
  }
  return null;
}
