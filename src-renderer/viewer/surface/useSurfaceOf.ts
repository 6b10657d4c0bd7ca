/** What of the surface viewer is shown for a grading: nothing, its maps once they are known, and how. */
import { useQuery } from '@tanstack/react-query';
import type { MapsRef } from '../../../src-main/contract/surface-maps.ts';
import { mapsInfoOptions } from '../../rpc/index.ts';
import { useSurface } from './surfaceStore.ts';

export function useSurfaceOf(maps: MapsRef | null) {
  const open = useSurface((state) => state.open);
  const beside = useSurface((state) => state.compare === 'side');
  const raised = useSurface((state) => state.terrain);
  const info = useQuery({ ...mapsInfoOptions(maps?.id ?? ''), enabled: open && maps !== null });
  const shown = open && maps && info.data ? { maps: maps.id, info: info.data } : null;
  return {
    open,
    info,
    shown,
    /** The left half of the card stands beside itself. */
    doubled: shown !== null && beside && !raised,
    /** The card is shown in three dimensions: nothing lies over it. */
    terrain: shown !== null && raised,
  };
}
