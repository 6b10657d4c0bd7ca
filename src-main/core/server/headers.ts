/** The headers every answer carries: what a page may load, and that nobody else may embed or read it. */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Everything is off: the workstation's page needs no camera, position or payment from the browser. */
const permissions = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];

/** For answers that are data: nothing may load or run, even when a browser is led to show one as a page. */
const dataPolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'; sandbox";

export function setCommonHeaders(response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', dataPolicy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Permissions-Policy', permissions.map((name) => `${name}=()`).join(', '));
  response.setHeader('Cache-Control', 'no-store');
}

export function createNonce(): string {
  return randomBytes(16).toString('base64');
}

/**
 * The policy of a page. Mantine writes style tags (they carry the nonce) and style attributes, which are allowed as
 * attributes only; scripts come from files alone. `ws://` is named for browsers whose 'self' leaves sockets out.
 * @param host the checked Host header
 */
export function pagePolicy(host: string, nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    `connect-src 'self' ws://${host}`,
    "font-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; ');
}
