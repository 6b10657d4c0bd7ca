/** What the window shows: follows from the state of the core alone. */
import type { StatusPage } from './status-page.ts';
import type { SupervisorState } from './supervisor-state.ts';

export type View =
  | { readonly kind: 'workstation'; readonly url: string }
  | { readonly kind: 'status'; readonly page: StatusPage };

export function viewOf({ phase, crashes }: SupervisorState): View {
  const crash = crashes.at(-1);
  switch (phase.name) {
    case 'running':
      return { kind: 'workstation', url: phase.url };
    case 'idle':
    case 'starting':
      return { kind: 'status', page: crash ? { status: 'restarting', crash } : { status: 'starting' } };
    case 'killing':
    case 'waiting':
      return { kind: 'status', page: { status: 'restarting', crash } };
    case 'quarantined':
      return { kind: 'status', page: { status: 'quarantined', crash } };
    case 'stopping':
    case 'stopped':
      return { kind: 'status', page: { status: 'stopping' } };
  }
}
