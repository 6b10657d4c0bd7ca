/** Documents made on demand: `GET /documents/<what>/<id>/<file name>`, always as a file to be saved. */
import type { ServerResponse } from 'node:http';
import { send } from './replies.ts';
import type { Caller, Documents } from './services.ts';

/** @param segments of the path, after `documents` */
export async function serveDocument(
  response: ServerResponse,
  segments: readonly string[],
  query: URLSearchParams,
  caller: Caller,
  documents: Documents,
): Promise<void> {
  const { bytes, type, name } = await documents.read(segments, query, caller);
  // A report holds names that people typed: it is never shown as a page of this server.
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  response.setHeader('Content-Disposition', `attachment; filename*=UTF-8''${encoded}`);
  send(response, 200, type, bytes);
}
