/** Points, sides and corners as they travel. Frame: x right, y down, integer pixel coordinates are pixel centres. */
import { z } from 'zod';

export const sideSchema = z.enum(['left', 'right', 'top', 'bottom']);
export type Side = z.infer<typeof sideSchema>;
export const sides: readonly Side[] = ['left', 'right', 'top', 'bottom'];

export const cornerNameSchema = z.enum(['topLeft', 'topRight', 'bottomRight', 'bottomLeft']);
export type CornerName = z.infer<typeof cornerNameSchema>;
export const cornerNames: readonly CornerName[] = ['topLeft', 'topRight', 'bottomRight', 'bottomLeft'];

export const pointPxSchema = z.object({ xPx: z.number(), yPx: z.number() });
export type PointPx = z.infer<typeof pointPxSchema>;

/** `[x, y]` in the card frame: origin at the card's centre, axes along its edges, mm. */
export const pointMmSchema = z.tuple([z.number(), z.number()]);

export const cardSideSchema = z.enum(['front', 'back']);
export type CardSide = z.infer<typeof cardSideSchema>;
