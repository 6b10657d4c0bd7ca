/** From raw pixels to millimetres: the camera over the measuring plane. */
import { z } from 'zod';

const finite = z.number().finite();
const positive = finite.positive();

export const imagePxSchema = z.tuple([z.int().positive(), z.int().positive()]);

/** From raw pixels to mm on the measuring plane. */
export const planeMapSchema = z.object({
  imagePx: imagePxSchema,
  intrinsics: z.tuple([positive, positive, finite, finite]),
  distortion: z.tuple([finite, finite, finite, finite, finite]),
  toPlane: z.tuple([
    z.tuple([finite, finite, finite]),
    z.tuple([finite, finite, finite]),
    z.tuple([finite, finite, finite]),
  ]),
});
export type PlaneMap = z.infer<typeof planeMapSchema>;

/** How points of a picture became mm: the camera over the plane, and what is left of scale and distortion (k = 1). */
export const appliedCalibrationSchema = z.object({
  plane: planeMapSchema,
  /** Relative standard uncertainty of the scale; 0 where a capture's own camera model is all there is. */
  scaleRelative: finite,
  /** Standard uncertainty of a place from what is left of distortion, px. */
  distortionPx: finite,
});
export type AppliedCalibration = z.infer<typeof appliedCalibrationSchema>;
