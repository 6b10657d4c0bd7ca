/** Maps by content id: `/maps/<sha256>/info.json`, `/maps/<sha256>/<group>/<level>/<col>_<row>`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inflateSync } from 'node:zlib';
import { z } from 'zod';
import { imageIdSchema, mapGroupNameSchema } from '../../contract/index.ts';
import { send, sendJson, sendNotAllowed, sendNotFound } from './replies.ts';
import type { Maps } from './services.ts';

const levelSchema = z.string().regex(/^\d{1,2}$/);
const tileSchema = z.string().regex(/^\d{1,5}_\d{1,5}$/);

/** @param segments of the path, after `maps` */
export async function serveMaps(
  request: IncomingMessage,
  response: ServerResponse,
  segments: readonly string[],
  maps: Maps,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendNotAllowed(response, 'GET, HEAD');
  const [rawId, kind, rawLevel, rawTile] = segments;
  const id = imageIdSchema.safeParse(rawId);
  if (!id.success) return sendNotFound(response);
  if (segments.length === 2 && kind === 'info.json') {
    const info = await maps.info(id.data);
    keepable(response);
    return sendJson(response, 200, info);
  }
  const group = mapGroupNameSchema.safeParse(kind);
  const level = levelSchema.safeParse(rawLevel);
  const tile = tileSchema.safeParse(rawTile);
  if (segments.length !== 4 || !group.success || !level.success || !tile.success) return sendNotFound(response);
  const [col = 0, row = 0] = tile.data.split('_').map(Number);
  const stored = await maps.tile(id.data, group.data, { level: Number(level.data), col, row });
  keepable(response);
  response.setHeader('Vary', 'Accept-Encoding');
  // Tiles are stored as zlib streams, which is what HTTP calls deflate (RFC 9110, 8.4.1.2).
  if (/\bdeflate\b/.test(request.headers['accept-encoding']?.toString() ?? '')) {
    response.setHeader('Content-Encoding', 'deflate');
    return send(response, 200, 'application/octet-stream', stored);
  }
  return send(response, 200, 'application/octet-stream', inflateSync(stored));
}

/** The id is the hash of the content: an answer never changes. */
function keepable(response: ServerResponse): void {
  response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
}
