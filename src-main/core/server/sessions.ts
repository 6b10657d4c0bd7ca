/** One-launch tokens and the sessions they are exchanged for; in memory, so that a restart ends them all. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '../../contract/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Caller } from './services.ts';

export const launchTokenLifetimeMs = 600_000;
export const sessionLifetimeMs = 12 * 3_600_000;
/** Bounds on memory; the oldest goes first. */
const mostTokens = 200;
const mostSessions = 500;

export interface SessionOptions {
  /** Lifetimes run on its monotonic side, so that a jump of the wall clock neither ends nor revives anything. */
  readonly clock: Clock;
  /** At least 128 bits, URL-safe. */
  readonly randomToken?: (() => string) | undefined;
}

export interface LaunchToken {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

export interface Sessions {
  /** A token that opens one session with this role, once, within ten minutes. */
  launchToken(role: Role, actor?: string): LaunchToken;
  /** Takes the token and opens its session; undefined when it is unknown, used or too old. Returns the cookie's value. */
  exchange(token: string): string | undefined;
  /** The caller behind a cookie, and renews its twelve hours; undefined when there is none. */
  find(cookie: string | undefined): Caller | undefined;
}

interface Grant {
  /** SHA-256 of the secret: secrets themselves are not kept. */
  readonly digest: Buffer;
  expiresAt: number;
}
interface TokenGrant extends Grant {
  readonly role: Role;
  readonly actor: string;
}
interface SessionGrant extends Grant {
  readonly caller: Caller;
}

export function createSessions(options: SessionOptions): Sessions {
  const { clock } = options;
  const now = (): number => clock.monotonicMs();
  const randomToken = options.randomToken ?? (() => randomBytes(32).toString('base64url'));
  let tokens: readonly TokenGrant[] = [];
  let sessions: readonly SessionGrant[] = [];
  const fresh = <T extends Grant>(grants: readonly T[]): T[] => grants.filter((grant) => grant.expiresAt > now());

  return {
    launchToken(role, actor = role) {
      const token = randomToken();
      const expiresAt = now() + launchTokenLifetimeMs;
      tokens = [...fresh(tokens), { digest: digestOf(token), expiresAt, role, actor }].slice(-mostTokens);
      return { token, expiresAt: new Date(clock.now().getTime() + launchTokenLifetimeMs).toISOString() };
    },

    exchange(token) {
      tokens = fresh(tokens);
      const grant = match(tokens, token);
      if (grant === undefined) return undefined;
      tokens = tokens.filter((other) => other !== grant);
      const cookie = randomToken();
      const digest = digestOf(cookie);
      // Shown in logs and kept as an upload's owner, so it must not be the secret.
      const sessionId = digest.toString('hex').slice(0, 16);
      const caller: Caller = { role: grant.role, sessionId, actor: grant.actor };
      const opened: SessionGrant = { digest, expiresAt: now() + sessionLifetimeMs, caller };
      sessions = [...fresh(sessions), opened].slice(-mostSessions);
      return cookie;
    },

    find(cookie) {
      if (cookie === undefined) return undefined;
      const session = match(sessions, cookie);
      if (session === undefined || session.expiresAt <= now()) return undefined;
      session.expiresAt = now() + sessionLifetimeMs;
      return session.caller;
    },
  };
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Compares with every grant in constant time, so that neither a near miss nor the place in the list shows. */
function match<T extends Grant>(grants: readonly T[], secret: string): T | undefined {
  const digest = digestOf(secret);
  let found: T | undefined;
  for (const grant of grants) if (timingSafeEqual(grant.digest, digest)) found = grant;
  return found;
}
