/** Small answers: JSON, typed refusals, and pages for a person who came without a session. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppErrorData } from '../../contract/index.ts';
import { createNonce } from './headers.ts';
import { refusalBody, statusOf } from './refusals.ts';

/** Ends the answer; the body is left out for HEAD. */
export function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', bytes.byteLength);
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** A refusal; `status` where the HTTP meaning is narrower than the code's own. */
export function sendRefusal(response: ServerResponse, data: AppErrorData, status = statusOf(data.code)): void {
  // Read to its end and thrown away: a browser that meets a closed connection while it sends never sees the answer.
  response.req.resume();
  send(response, status, 'application/json; charset=utf-8', refusalBody(data));
}

/** 405 with what the place does answer. */
export function sendNotAllowed(response: ServerResponse, allow: string): void {
  response.setHeader('Allow', allow);
  const message = `the method ${response.req.method ?? ''} is not answered here`;
  sendRefusal(response, { code: 'usage', message, next: `use ${allow}` }, 405);
}

export function sendNotFound(response: ServerResponse): void {
  sendRefusal(response, { code: 'notFound', message: 'there is nothing here', next: 'check the address' });
}

/** True when a person's browser asks for a page, not a script for data. */
export function wantsPage(request: IncomingMessage): boolean {
  return request.headers.accept?.includes('text/html') ?? false;
}

/** A plain page with one heading; texts are our own, never from a request. */
export function sendPage(response: ServerResponse, status: number, heading: string, text: string, head = ''): void {
  const nonce = createNonce();
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`,
  );
  send(
    response,
    status,
    'text/html; charset=utf-8',
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>TruGrade Workstation: ${heading}</title>${head}
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
body { max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; line-height: 1.3; }
</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p>${text}</p>
</main>
</body>
</html>
`,
  );
}
