/** Serves the page's bundle. Files are listed once at the start, so no path from a request ever touches the disk. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { createNonce, pagePolicy } from './headers.ts';
import { send, sendNotFound, sendPage } from './replies.ts';

export interface Statics {
  /** Answers a GET or HEAD for a path that no other route took. */
  serve(request: IncomingMessage, response: ServerResponse, path: string, host: string): void;
}

interface StaticFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/** Vite writes `name-<hash>.ext` under `assets/`: the name changes with the content. */
const hashed = /^\/assets\/.+-[\w-]{8,}\.\w+$/;
export const noncePlaceholder = '__CSP_NONCE__';

/** Reads the bundle into memory (a few megabytes); a missing folder is not an error until somebody asks for the page. */
export async function createStatics(folder: string): Promise<Statics> {
  const files = await readBundle(folder);
  const index = files.get('/index.html')?.bytes.toString('utf8');

  function servePage(response: ServerResponse, host: string): void {
    if (index === undefined) {
      const text = 'Run <code>npm run setup</code> in the program’s folder, then start the workstation again.';
      sendPage(response, 503, 'The page has not been built', text);
      return;
    }
    const nonce = createNonce();
    response.setHeader('Content-Security-Policy', pagePolicy(host, nonce));
    send(response, 200, 'text/html; charset=utf-8', index.replaceAll(noncePlaceholder, nonce));
  }

  return {
    serve(request, response, path, host) {
      const file = path === '/index.html' ? undefined : files.get(path);
      if (file !== undefined) {
        serveFile(request, response, file, hashed.test(path));
      } else if (path === '/index.html' || !(path.split('/').at(-1) ?? '').includes('.')) {
        // Addresses inside the application are its own routes, and have no extension.
        servePage(response, host);
      } else {
        sendNotFound(response);
      }
    },
  };
}

function serveFile(request: IncomingMessage, response: ServerResponse, file: StaticFile, immutable: boolean): void {
  response.setHeader('Cache-Control', immutable ? 'private, max-age=31536000, immutable' : 'no-cache');
  response.setHeader('ETag', file.etag);
  if (request.headers['if-none-match'] === file.etag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  send(response, 200, file.type, file.bytes);
}

/** Request path to file. Links are left out: they may point outside the folder. */
async function readBundle(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const item of found) {
    if (!item.isFile()) continue;
    const file = join(item.parentPath, item.name);
    const bytes = await readFile(file);
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    const type = types[extname(item.name).toLowerCase()] ?? 'application/octet-stream';
    files.set(`/${relative(folder, file).split(sep).join('/')}`, { bytes, type, etag });
  }
  return files;
}
