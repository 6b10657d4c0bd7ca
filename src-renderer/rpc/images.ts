/** Addresses of pictures and their tiles, and the description of a tiled picture. */
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { mapsInfoSchema } from '../../src-main/contract/surface-maps.ts';
import { t } from '../messages/index.ts';
import { RefusedError } from './errors.ts';

const tiledImageSchema = z.object({
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  levels: z.int().positive(),
  tilePx: z.int().positive(),
});
export type TiledImage = z.infer<typeof tiledImageSchema>;

export function imageUrl(id: string): string {
  return `/images/${id}`;
}

/** Deep Zoom order: level 0 is one pixel, the last level is full size. */
export function tileUrl(id: string, level: number, column: number, row: number): string {
  return `/images/${id}/tiles/${level}/${column}_${row}.jpg`;
}

export async function fetchTiledImage(id: string, signal: AbortSignal): Promise<TiledImage> {
  const answer = await fetch(`/images/${id}/info.json`, { signal });
  const parsed = answer.ok ? tiledImageSchema.safeParse(await answer.json()) : null;
  if (parsed?.success) return parsed.data;
  throw new RefusedError({ code: 'file.missing', message: t('errors.picture'), next: t('errors.pictureNext') });
}

/** A picture never changes under its content id, so it is never fetched twice. */
export function tiledImageOptions(id: string) {
  return queryOptions({
    queryKey: ['tiledImage', id],
    queryFn: ({ signal }) => fetchTiledImage(id, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A tile of maps with their values; levels count as those of pictures. */
export function mapTileUrl(id: string, group: string, level: number, column: number, row: number): string {
  return `/maps/${id}/${group}/${level}/${column}_${row}`;
}

/** What maps hold. They never change under their content id. */
export function mapsInfoOptions(id: string) {
  return queryOptions({
    queryKey: ['mapsInfo', id],
    queryFn: async ({ signal }) => {
      const answer = await fetch(`/maps/${id}/info.json`, { signal });
      const parsed = answer.ok ? mapsInfoSchema.safeParse(await answer.json()) : null;
      if (parsed?.success) return parsed.data;
      throw new RefusedError({ code: 'file.missing', message: t('errors.maps'), next: t('errors.mapsNext') });
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}
