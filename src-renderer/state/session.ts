/** Who sits at this desk: the session's role, and the role whose view is shown. */
import { useQuery } from '@tanstack/react-query';
import type { Role } from '../../src-main/contract/system.ts';
import { api } from '../rpc/index.ts';
import { usePreferences } from './preferences.ts';
import { viewedRole } from './roles.ts';

export function useSession() {
  return useQuery(api.session.get.queryOptions({ staleTime: 60_000 }));
}

/** The role whose screens are shown; undefined until the core has answered. */
export function useViewedRole(): Role | undefined {
  const viewAs = usePreferences((state) => state.viewAs);
  const role = useSession().data?.role;
  return role && viewedRole(role, viewAs);
}

/** May this desk grade, archive and change settings? */
export function useMayWork(): boolean {
  const role = useViewedRole();
  return role === 'operator' || role === 'engineer';
}
