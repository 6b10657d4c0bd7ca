/** The typed client of the core and its TanStack Query face; the one place where the transport is chosen. */
import { createORPCClient, DynamicLink } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { QueryClient } from '@tanstack/react-query';
import type { Contract } from '../../src-main/contract/index.ts';
import { Connection, ConnectionLostError } from './connection.ts';

export type CoreClient = ContractRouterClient<Contract>;

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';

export const connection = new Connection({
  openSocket: () => new WebSocket(`${scheme}://${location.host}/rpc`),
  sessionRefused: async () => {
    try {
      const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' });
      return answer.status === 401 || answer.status === 403;
    } catch {
      return false;
    }
  },
  random: Math.random,
  patienceMs: 15_000,
});

const link = new DynamicLink<Record<never, never>>(() => connection.link());

export const core: CoreClient = createORPCClient(link);
export const api = createTanstackQueryUtils(core);

/** `networkMode: always`: the core is on this bench, a missing internet connection must not pause anything. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => error instanceof ConnectionLostError && failures < 2,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** After a restart of the core all that is on the screen may be old. */
export function refreshOnReconnect(): () => void {
  let wasOpen = connection.getState().kind === 'open';
  let everOpen = wasOpen;
  const listen = (kind: string) => {
    const open = kind === 'open';
    if (open && !wasOpen && everOpen) void queryClient.invalidateQueries();
    wasOpen = open;
    everOpen ||= open;
  };
  const stop = connection.subscribe(() => listen(connection.getState().kind));
  const online = () => connection.retryNow();
  window.addEventListener('online', online);
  return () => {
    stop();
    window.removeEventListener('online', online);
  };
}
