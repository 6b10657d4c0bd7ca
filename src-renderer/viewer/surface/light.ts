/** Where the light of the relit card comes from: dragged, turned by keys, or set by a preset. Pure. */
import type { PointPx } from '../../../src-main/contract/geometry.ts';

/** A light as a person sets it. Azimuth 0 shines from the top of the image, 90 from its right; elevation 90 from above. */
export interface LightPlace {
  readonly azimuthDeg: number;
  readonly elevationDeg: number;
}

/** Unit vector towards a light: x right, y down, z to the camera. */
export type Direction = readonly [number, number, number];

export const leastElevationDeg = 3;
const degree = Math.PI / 180;

export function directionOf({ azimuthDeg, elevationDeg }: LightPlace): Direction {
  const flat = Math.cos(elevationDeg * degree);
  const [x, y] = [Math.sin(azimuthDeg * degree), -Math.cos(azimuthDeg * degree)];
  return [flat * x, flat * y, Math.sin(elevationDeg * degree)];
}

export function turned({ azimuthDeg, elevationDeg }: LightPlace): LightPlace {
  return {
    azimuthDeg: ((azimuthDeg % 360) + 360) % 360,
    elevationDeg: Math.min(90, Math.max(leastElevationDeg, elevationDeg)),
  };
}

/**
 * The light for a place on a disc, as RTI viewers have it: its centre is straight above, its rim the horizon.
 * @param x right, y down, in radii of the disc; outside it the rim counts
 */
export function lightAt(x: number, y: number, before: LightPlace): LightPlace {
  const radius = Math.hypot(x, y);
  // At the very centre every azimuth is the same one: the one before stays.
  const azimuthDeg = radius < 1e-3 ? before.azimuthDeg : Math.atan2(x, -y) / degree;
  return turned({ azimuthDeg, elevationDeg: Math.acos(Math.min(1, radius)) / degree });
}

/** The place on the disc where a light's handle stands: the inverse of `lightAt`. */
export function placeOnDisc({ azimuthDeg, elevationDeg }: LightPlace): { readonly x: number; readonly y: number } {
  const radius = Math.cos(elevationDeg * degree);
  return { x: radius * Math.sin(azimuthDeg * degree), y: -radius * Math.cos(azimuthDeg * degree) };
}

/** What an arrow key does to the light: left and right turn it, up and down raise and lower it. Null for other keys. */
export function lightByKey(light: LightPlace, key: string, fine: boolean): LightPlace | null {
  const [turn, raise] = fine ? [1, 1] : [10, 5];
  const { azimuthDeg, elevationDeg } = light;
  switch (key) {
    case 'ArrowLeft':
      return turned({ azimuthDeg: azimuthDeg - turn, elevationDeg });
    case 'ArrowRight':
      return turned({ azimuthDeg: azimuthDeg + turn, elevationDeg });
    case 'ArrowUp':
      return turned({ azimuthDeg, elevationDeg: elevationDeg + raise });
    case 'ArrowDown':
      return turned({ azimuthDeg, elevationDeg: elevationDeg - raise });
    default:
      return null;
  }
}

export const presetNames = ['north', 'east', 'south', 'west', 'above', 'ring'] as const;
export type PresetName = (typeof presetNames)[number];

/** Low enough that a slope of a degree changes the light by a tenth. */
const rakingElevationDeg = 12;
const ringElevationDeg = 25;
const ringLights = 8;

export interface Preset extends LightPlace {
  /** Lights spread evenly around the card at the same elevation instead of the one. */
  readonly ring: boolean;
}

export const presets: Readonly<Record<PresetName, Preset>> = {
  north: { azimuthDeg: 0, elevationDeg: rakingElevationDeg, ring: false },
  east: { azimuthDeg: 90, elevationDeg: rakingElevationDeg, ring: false },
  south: { azimuthDeg: 180, elevationDeg: rakingElevationDeg, ring: false },
  west: { azimuthDeg: 270, elevationDeg: rakingElevationDeg, ring: false },
  above: { azimuthDeg: 0, elevationDeg: 90, ring: false },
  ring: { azimuthDeg: 0, elevationDeg: ringElevationDeg, ring: true },
};

/** The lights that shine: one, or a ring of them that share its intensity. */
export function lightsOf(place: LightPlace, ring: boolean): readonly Direction[] {
  if (!ring) return [directionOf(place)];
  return Array.from({ length: ringLights }, (_, i) =>
    directionOf({ ...place, azimuthDeg: place.azimuthDeg + (360 * i) / ringLights }),
  );
}

/**
 * The raking light that shows a thing best: across its longest extent, from the side that is nearer to the top left,
 * where eyes expect the light. The direction is the main axis of the outline's corners (principal components).
 */
export function rakingAcross(outline: readonly PointPx[]): LightPlace {
  const count = Math.max(1, outline.length);
  const [mx, my] = [sum(outline, 'xPx') / count, sum(outline, 'yPx') / count];
  let [xx, xy, yy] = [0, 0, 0];
  for (const { xPx, yPx } of outline) {
    xx += (xPx - mx) ** 2;
    xy += (xPx - mx) * (yPx - my);
    yy += (yPx - my) ** 2;
  }
  const along = 0.5 * Math.atan2(2 * xy, xx - yy);
  // Perpendicular (-sin, cos), as an azimuth, which is 0 up the image: atan2(x, -y).
  const across = Math.atan2(-Math.sin(along), -Math.cos(along)) / degree;
  const [first, second] = [
    turned({ azimuthDeg: across, elevationDeg: 0 }),
    turned({ azimuthDeg: across + 180, elevationDeg: 0 }),
  ];
  const far = ({ azimuthDeg }: LightPlace) => Math.abs(((azimuthDeg - 315 + 540) % 360) - 180);
  return { azimuthDeg: (far(first) <= far(second) ? first : second).azimuthDeg, elevationDeg: rakingElevationDeg };
}

function sum(points: readonly PointPx[], axis: 'xPx' | 'yPx'): number {
  return points.reduce((total, point) => total + point[axis], 0);
}
