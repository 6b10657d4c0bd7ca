/** The rig this desk works with: the one chosen last, else the first connected, else the first. */
import { useQuery } from '@tanstack/react-query';
import type { Rig } from '../../../src-main/contract/system.ts';
import { api } from '../../rpc/index.ts';
import { usePreferences } from '../../state/preferences.ts';

export function useRigs() {
  return useQuery(api.rigs.list.queryOptions({ refetchInterval: 5_000 }));
}

export function useRig(): Rig | undefined {
  const rigId = usePreferences((state) => state.rigId);
  return pickRig(useRigs().data ?? [], rigId);
}

export function pickRig(rigs: readonly Rig[], rigId: string | null): Rig | undefined {
  return rigs.find(({ id }) => id === rigId) ?? rigs.find(({ state }) => state === 'connected') ?? rigs[0];
}
