/** How far the methods of light calibration disagree, light by light. */
import type { LightAgreement, LightMethod } from '../../contract/index.ts';

type Vector = readonly [number, number, number];

/** Degrees between two directions; by the cross product, which keeps small angles exact. */
export function angleDeg(a: Vector, b: Vector): number {
  const cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const along = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return (Math.atan2(Math.hypot(...cross), along) * 180) / Math.PI;
}

/** Every pair of methods on the lights that both know; pairs without a common light are left out. */
export function agreement(methods: readonly LightMethod[]): LightAgreement[] {
  return methods.flatMap((a, i) =>
    methods.slice(i + 1).flatMap((b) => {
      const lights = a.lights.flatMap((of, light) => {
        const other = b.lights[light];
        if (!of.direction || !other?.direction) return [];
        const [p, q] = [of.positionMm, other.positionMm];
        const distanceMm = p && q ? Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) : null;
        return [{ light, angleDeg: angleDeg(of.direction, other.direction), distanceMm }];
      });
      if (lights.length === 0) return [];
      const angles = lights.map((l) => l.angleDeg);
      return [
        {
          methods: [a.method, b.method] as [typeof a.method, typeof b.method],
          meanDeg: angles.reduce((sum, v) => sum + v, 0) / angles.length,
          worstDeg: Math.max(...angles),
          lights,
        },
      ];
    }),
  );
}
