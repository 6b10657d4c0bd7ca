/** Reads and writes the one cookie of the server. */

/** Cookies are shared by all ports of a host, so the port is part of the name: two workstations do not log each other out. */
export function cookieName(port: number): string {
  return `trugrade-${port}`;
}

/** The first cookie of that name, or undefined. Nothing is decoded: our values are base64url. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** No Max-Age: the cookie ends with the browser, and the server's own sliding expiry ends it earlier. */
export function sessionCookie(name: string, value: string): string {
  return `${name}=${value}; HttpOnly; SameSite=Strict; Path=/`;
}
