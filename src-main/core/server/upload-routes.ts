/** Uploads by HTTP: `POST /uploads`, `PUT /uploads/<id>/<file name>` with the raw bytes, `DELETE /uploads/<id>`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { contract } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import type { Uploads } from '../uploads/index.ts';
import { sendJson, sendNotAllowed, sendNotFound } from './replies.ts';
import type { Caller } from './services.ts';

/** @param segments of the path, after `uploads` */
export async function serveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  segments: readonly string[],
  caller: Caller,
  uploads: Uploads,
): Promise<void> {
  const [id = '', name = ''] = segments;
  const allow = ['POST', 'DELETE', 'PUT'][segments.length];
  if (allow === undefined) return sendNotFound(response);
  if (request.method !== allow) return sendNotAllowed(response, allow);
  // Uploads exist to be graded: who may not start a grading may not fill the disk either.
  if (!contract.grade.start['~orpc'].meta.roles.includes(caller.role)) {
    const next = 'ask an engineer for a link with another role';
    throw refuse('notAllowed', `the role ${caller.role} may not upload`, next);
  }
  switch (request.method) {
    case 'POST':
      return sendJson(response, 201, await uploads.start(caller.sessionId));
    case 'DELETE':
      await uploads.remove(caller.sessionId, id);
      response.statusCode = 204;
      response.end();
      return;
    default: {
      // A refusal must leave the connection open for its own answer.
      const body = request.iterator({ destroyOnReturn: false });
      const stored = await uploads.put(caller.sessionId, id, name, body, declaredLength(request));
      return sendJson(response, 201, stored);
    }
  }
}

/** Node has checked that the header is a number; it is absent for chunked bodies. */
function declaredLength(request: IncomingMessage): number | undefined {
  const header = request.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}
