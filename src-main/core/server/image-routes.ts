/** Pictures by content id: `/images/<sha256>`, `…/info.json`, `…/tiles/<level>/<col>_<row>.jpg`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { imageIdSchema } from '../../contract/index.ts';
import { send, sendJson, sendNotAllowed, sendNotFound } from './replies.ts';
import type { Images } from './services.ts';

const levelSchema = z.string().regex(/^\d{1,2}$/);
const tileSchema = z.string().regex(/^\d{1,5}_\d{1,5}\.jpg$/);
/** What a browser may be told a stored picture is; anything else is only offered as bytes. */
const shownTypes = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/avif']);

/** @param segments of the path, after `images` */
export async function serveImage(
  request: IncomingMessage,
  response: ServerResponse,
  segments: readonly string[],
  images: Images,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendNotAllowed(response, 'GET, HEAD');
  const read = reader(segments, images);
  if (read === undefined) return sendNotFound(response);
  // The id is the hash of the content: an answer never changes, and one that the browser holds is right.
  const etag = `"${segments.join('/')}"`;
  const held = request.headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  const answer = held ? undefined : await read();
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
  if (answer === undefined) {
    response.statusCode = 304;
    response.end();
  } else if ('bytes' in answer) {
    send(response, 200, shownTypes.has(answer.type) ? answer.type : 'application/octet-stream', answer.bytes);
  } else {
    sendJson(response, 200, answer);
  }
}

/** The reading that a path asks for; undefined when the path names no picture. Everything is checked before any read. */
function reader(segments: readonly string[], images: Images) {
  const [rawId, kind, rawLevel, rawTile] = segments;
  const id = imageIdSchema.safeParse(rawId);
  if (!id.success) return undefined;
  if (segments.length === 1) return () => images.read(id.data);
  if (segments.length === 2 && kind === 'info.json') return () => images.info(id.data);
  const level = levelSchema.safeParse(rawLevel);
  const tile = tileSchema.safeParse(rawTile);
  if (segments.length !== 4 || kind !== 'tiles' || !level.success || !tile.success) return undefined;
  const [col = 0, row = 0] = tile.data.replace('.jpg', '').split('_').map(Number);
  return () => images.tile(id.data, Number(level.data), col, row);
}
