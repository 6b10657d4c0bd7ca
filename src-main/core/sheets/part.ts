/** One card of a picture as a picture of its own: same native core, other pixels, its place known. */
import type { Measurement, PointPx, Region } from '../../contract/index.ts';
import type { CaptureInput } from '../capture/index.ts';
import type { FoundCard, Native, NativeStack } from '../native/index.ts';
import type { CalibrationInForce } from '../pipeline/index.ts';

/** The native core for one card: frames are the part around it, and its outline is fitted where it was found. */
export function partOf(native: Native, stack: NativeStack, region: Region, card: FoundCard | null): Native {
  const place = card?.corners.map((p) => ({ xPx: p.xPx - region.xPx, yPx: p.yPx - region.yPx }));
  return {
    ...native,
    loadStack: (_input, _progress, signal) => stack.cropped(region, signal),
    findOutline: (part, hints, signal) => native.findOutline(part, { ...hints, place }, signal),
  };
}

/**
 * The description of one card: lights are seen from the part's middle, and the camera's model, which speaks of the whole
 * picture, is left out, so that the scale is the pixel pitch alone.
 */
export function inputOf(input: CaptureInput, stack: NativeStack, region: Region, name: string): CaptureInput {
  const pitchMm = input.pixelPitchMm ?? 0;
  const offX = (region.xPx + (region.widthPx - stack.widthPx) / 2) * pitchMm;
  const offY = (region.yPx + (region.heightPx - stack.heightPx) / 2) * pitchMm;
  const seen = (at: readonly [number, number, number] | undefined) =>
    at && ([at[0] - offX, at[1] - offY, at[2]] as const);
  return {
    ...input,
    name,
    camera: undefined,
    calibrationId: null,
    maskPath: undefined,
    lights: input.lights.map((light) => ({ ...light, positionMm: seen(light.positionMm) })),
  };
}

/** A calibration of the whole picture for one card of it: the same rays, counted from the part's first pixel. */
export function calibrationOfPart(
  whole: CalibrationInForce,
  { xPx, yPx, widthPx, heightPx }: Region,
): CalibrationInForce {
  const [fx, fy, cx, cy] = whole.map.intrinsics;
  return {
    ...whole,
    map: { ...whole.map, imagePx: [widthPx, heightPx], intrinsics: [fx, fy, cx - xPx, cy - yPx] },
  };
}

export const wholeOf = (stack: NativeStack): Region => ({
  xPx: 0,
  yPx: 0,
  widthPx: stack.widthPx,
  heightPx: stack.heightPx,
});

/** The measurement of a part in the pixels of the whole picture. */
export function inWhole(measured: Measurement, region: Region): Measurement {
  const point = <P extends PointPx>(p: P): P => ({ ...p, xPx: p.xPx + region.xPx, yPx: p.yPx + region.yPx });
  const line = (points: readonly PointPx[]) => points.map(point);
  const { outline } = measured;
  const { edges, border } = outline;
  const lineOrNull = (points: readonly PointPx[] | null) => points && line(points);
  return {
    ...measured,
    points: measured.points.map((p) => ({
      ...p,
      outer: p.outer && point(p.outer),
      border: p.border && point(p.border),
    })),
    outline: {
      ...outline,
      corners: line(outline.corners),
      edges: { left: line(edges.left), right: line(edges.right), top: line(edges.top), bottom: line(edges.bottom) },
      border: {
        left: lineOrNull(border.left),
        right: lineOrNull(border.right),
        top: lineOrNull(border.top),
        bottom: lineOrNull(border.bottom),
      },
    },
  };
}
