/** Directions of lights as angles, and their places on a polar plot seen from the camera: the middle is straight above. */

export interface Angles {
  /** From the image's x axis towards its y axis, clockwise as seen, 0 to 360 degrees. */
  readonly azimuthDeg: number;
  /** Above the card's plane, degrees. */
  readonly elevationDeg: number;
}

type Vector = readonly [number, number, number];

export function anglesOf([x, y, z]: Vector): Angles {
  const azimuth = (Math.atan2(y, x) * 180) / Math.PI;
  return {
    azimuthDeg: azimuth < 0 ? azimuth + 360 : azimuth,
    elevationDeg: (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI,
  };
}

/** Distance from the middle grows with the angle from straight above; lights below the plane stand on the rim. */
export function placeOf(direction: Vector, radius: number): readonly [number, number] {
  const { azimuthDeg, elevationDeg } = anglesOf(direction);
  const r = (radius * Math.min(90, 90 - elevationDeg)) / 90;
  const azimuth = (azimuthDeg * Math.PI) / 180;
  return [r * Math.cos(azimuth), r * Math.sin(azimuth)];
}
