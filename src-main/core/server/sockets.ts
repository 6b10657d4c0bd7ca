/** The message transport: oRPC over WebSocket, with bounds on size, on calls at once and on what a slow reader may leave unread. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { type CallContext, createCallSlots, type ServerRouter } from './router.ts';
import type { Caller, ServerLog } from './services.ts';

export interface SocketOptions {
  readonly router: ServerRouter;
  readonly log: ServerLog;
  readonly maxMessageBytes: number;
  /** A socket with more than this waiting to be read is closed. */
  readonly maxBufferedBytes: number;
  /** Time between pings; a socket that left one unanswered is closed. */
  readonly heartbeatMs: number;
  readonly maxSockets: number;
  readonly maxCallsPerSocket: number;
}

export interface Sockets {
  /** Takes an upgrade that has passed all checks. `stillValid` renews the session and says whether it still stands. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller, stillValid: () => boolean): void;
  readonly size: number;
  /** Says goodbye to all sockets. */
  close(): void;
  /** Drops those that did not answer. */
  terminate(): void;
}

/** The envelope of oRPC's peer protocol; what stands inside is checked by the contract's schemas. */
const envelopeSchema = z.object({
  i: z.string().min(1).max(64),
  t: z.union([z.literal(1), z.literal(3), z.literal(4)]).optional(),
  p: z.unknown().optional(),
});
const requestSchema = z.object({
  u: z.string().max(4096).startsWith('/'),
  h: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  m: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  b: z.unknown().optional(),
});

/** Close codes of RFC 6455, and one of ours: the page should ask for a new link. */
const closeCodes = { goingAway: 1001, badData: 1003, tooSlow: 1008, sessionEnded: 4401 } as const;

export function createSockets(options: SocketOptions): Sockets {
  const { log } = options;
  // Without compression: messages are small, and every deflate context costs memory per socket.
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const handler = new RPCHandler<CallContext>(options.router);
  const alive = new WeakMap<WebSocket, () => boolean>();
  const answered = new WeakSet<WebSocket>();

  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else if (alive.get(socket)?.() === false) socket.close(closeCodes.sessionEnded, 'the session has ended');
      else socket.ping();
    }
  }, options.heartbeatMs);
  heartbeat.unref();

  function open(socket: WebSocket, caller: Caller, stillValid: () => boolean): void {
    // An open page is in use: its pongs keep the session alive, a page that is gone lets it expire.
    alive.set(socket, stillValid);
    answered.add(socket);
    socket.on('pong', () => answered.add(socket));
    // The library closes the socket itself after an error (an oversized message: 1009); this only notes it.
    socket.on('error', (error) => log.warn('a connection failed', { session: caller.sessionId, error: error.message }));
    const context: CallContext = { caller, slots: createCallSlots(options.maxCallsPerSocket) };
    void handler.upgrade(guarded(socket, options), { context });
  }

  return {
    accept(request, socket, head, caller, stillValid) {
      if (server.clients.size >= options.maxSockets) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (opened) => open(opened, caller, stillValid));
    },
    get size() {
      return server.clients.size;
    },
    close() {
      clearInterval(heartbeat);
      for (const socket of server.clients) socket.close(closeCodes.goingAway, 'the workstation is closing');
    },
    terminate() {
      for (const socket of server.clients) socket.terminate();
    },
  };
}

type PeerSocket = Parameters<RPCHandler<CallContext>['upgrade']>[0];

/**
 * What oRPC gets in place of the socket. Messages are checked before they reach it (it would print bad ones to the
 * console), and `send` ends only when the bytes have left: a stream is asked for its next item at the reader's pace,
 * so that a slow reader meets a conflated stream in place of a growing queue.
 */
function guarded(socket: WebSocket, options: SocketOptions): PeerSocket {
  const send = (data: string | Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      // A failed send means that the socket is closing; its close event ends all calls.
      socket.send(data, () => resolve());
      if (socket.bufferedAmount > options.maxBufferedBytes) {
        options.log.warn('a connection was closed: its reader is too slow', { bytes: socket.bufferedAmount });
        socket.terminate();
      }
    });
  const addEventListener = (type: string, listener: (event: { data: string }) => void): void => {
    if (type === 'close') {
      socket.on('close', () => listener({ data: '' }));
      return;
    }
    socket.on('message', (raw: RawData, isBinary: boolean) => {
      const text = isBinary ? undefined : checkedMessage(raw.toString());
      if (text === undefined) socket.close(closeCodes.badData, 'not a message of this protocol');
      else listener({ data: text });
    });
  };
  // A cast, since `ws` declares overloads for every event; oRPC listens to these two alone.
  return { send, addEventListener } as PeerSocket;
}

/** The message when it has the protocol's shape; no call of the contract carries binary parts or client streams. */
function checkedMessage(text: string): string | undefined {
  try {
    const envelope = envelopeSchema.safeParse(JSON.parse(text));
    if (!envelope.success) return undefined;
    const isRequest = (envelope.data.t ?? 1) === 1;
    return !isRequest || requestSchema.safeParse(envelope.data.p).success ? text : undefined;
  } catch {
    return undefined;
  }
}
