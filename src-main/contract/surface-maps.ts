/** The maps of a side with their values, in deep-zoom tiles: what may be asked of them, and how a tile reads. */
import { z } from 'zod';
import { pointPxSchema } from './geometry.ts';
import { imageIdSchema } from './report.ts';

/** Planes that are fetched together, and what each holds. Lengths are in mm, or in px where the capture has no scale. */
export const mapGroupNames = [
  'relief',
  'height',
  'meanCurvature',
  'gaussianCurvature',
  'shape',
  'residual',
  'confidence',
] as const;
export const mapGroupNameSchema = z.enum(mapGroupNames);
export type MapGroupName = z.infer<typeof mapGroupNameSchema>;

export const mapPlaneNames = [
  'gradientX',
  'gradientY',
  'gloss',
  'height',
  'meanCurvature',
  'gaussianCurvature',
  'shape',
  'residual',
  'confidence',
] as const;
export const mapPlaneNameSchema = z.enum(mapPlaneNames);
export type MapPlaneName = z.infer<typeof mapPlaneNameSchema>;

/** value = `offset + scale * code`; `low` to `high` is a range worth showing. */
export const mapPlaneSchema = z.object({
  name: mapPlaneNameSchema,
  unit: z.string().max(20),
  scale: z.number().positive(),
  offset: z.number(),
  low: z.number(),
  high: z.number(),
});
export type MapPlane = z.infer<typeof mapPlaneSchema>;

const side = z.int().min(1).max(100_000);
export const mapsInfoSchema = z.object({
  schema: z.literal('trugrade.maps/1'),
  widthPx: side,
  heightPx: side,
  tilePx: z.int().min(16).max(4096),
  /** As Deep Zoom counts them: level `levels - 1` is full size, each below it half, rounded up. */
  levels: z.int().min(1).max(18),
  /** The coarsest level there is: the first that fits into one tile. */
  firstLevel: z.int().min(0).max(17),
  pixelPitchMm: z.number().positive().nullable(),
  groups: z
    .array(z.object({ name: mapGroupNameSchema, planes: z.array(mapPlaneSchema).min(1).max(4) }))
    .min(1)
    .max(32),
});
export type MapsInfo = z.infer<typeof mapsInfoSchema>;

/** Content id of a grading's maps, and what they take on the disk. */
export const mapsRefSchema = z.object({ id: imageIdSchema, bytes: z.int().nonnegative() });
export type MapsRef = z.infer<typeof mapsRefSchema>;

export const profileInputSchema = z.object({
  maps: imageIdSchema,
  plane: mapPlaneNameSchema.default('height'),
  from: pointPxSchema,
  to: pointPxSchema,
  /** Evenly spaced from end to end, both ends included; by default two for each pixel of the way, 4,096 at most. */
  samples: z.int().min(2).max(4096).optional(),
  /** The mean over a band this wide across the line; 1 takes the line alone. */
  bandPx: z.number().min(1).max(51).default(1),
});
export type ProfileInput = z.infer<typeof profileInputSchema>;
export const profileSchema = z.object({
  plane: mapPlaneNameSchema,
  unit: z.string(),
  lengthPx: z.number(),
  lengthMm: z.number().nullable(),
  /** Null where the map has no value. */
  values: z.array(z.number().nullable()),
});
export type Profile = z.infer<typeof profileSchema>;

export const mapValuesSchema = z.object({
  values: z.array(z.object({ plane: mapPlaneNameSchema, unit: z.string(), value: z.number().nullable() })),
});
export type MapValues = z.infer<typeof mapValuesSchema>;

/** Size of a level in px. */
export function mapLevelSize(info: Pick<MapsInfo, 'widthPx' | 'heightPx' | 'levels'>, level: number) {
  const factor = 2 ** (info.levels - 1 - level);
  return { widthPx: Math.ceil(info.widthPx / factor), heightPx: Math.ceil(info.heightPx / factor) };
}

/** Pixels of a tile; the last ones of a row or column are smaller. Null for a tile that does not exist. */
export function mapTileSize(info: MapsInfo, level: number, col: number, row: number) {
  if (level < info.firstLevel || level >= info.levels) return null;
  const { widthPx, heightPx } = mapLevelSize(info, level);
  const width = Math.min(info.tilePx, widthPx - col * info.tilePx);
  const height = Math.min(info.tilePx, heightPx - row * info.tilePx);
  return col >= 0 && row >= 0 && width > 0 && height > 0 ? { width, height } : null;
}

/** The inflated bytes of a tile of `planes` planes. */
export function mapTileBytes(width: number, height: number, planes: number): number {
  return planes * (Math.ceil((width * height) / 8) + 2 * width * height);
}

/** Codes of one plane of a tile, row by row; `missing` is 1 where there is no value. */
export interface DecodedPlane {
  readonly codes: Int16Array;
  readonly missing: Uint8Array;
}

/**
 * Reads one plane of an inflated tile: a bit for each missing pixel, then the zigzag of each code's difference to the
 * mean of the codes left and above (low bytes, high bytes), all modulo 2^16.
 * @throws RangeError when the bytes are not those of such a tile
 */
export function decodeMapPlane(bytes: Uint8Array, width: number, height: number, plane: number): DecodedPlane {
  const count = width * height;
  const maskBytes = Math.ceil(count / 8);
  const start = plane * (maskBytes + 2 * count);
  const low = bytes.subarray(start + maskBytes, start + maskBytes + count);
  const high = bytes.subarray(start + maskBytes + count, start + maskBytes + 2 * count);
  if (high.length < count) throw new RangeError('the tile of the maps is cut off');
  const codes = new Int16Array(count);
  for (let at = 0, row = 0; row < height; row += 1) {
    let left = 0;
    for (let column = 0; column < width; column += 1, at += 1) {
      // In the first row the pixel above counts as the one to the left, in the first column the other way round.
      const above = row === 0 ? left : Number(codes[at - width]);
      if (column === 0) left = above;
      const zigzag = Number(low[at]) | (Number(high[at]) << 8);
      codes[at] = ((left + above) >> 1) + ((zigzag >>> 1) ^ -(zigzag & 1));
      left = Number(codes[at]);
    }
  }
  const missing = new Uint8Array(count);
  for (let at = 0; at < count; at += 1) missing[at] = (Number(bytes[start + (at >> 3)]) >> (at & 7)) & 1;
  return { codes, missing };
}
