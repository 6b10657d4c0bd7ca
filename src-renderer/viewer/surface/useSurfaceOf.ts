/** What of the surface viewer is shown for a grading: nothing, its maps once they are known, and how. */
import { useQuery } from '@tanstack/react-query';
import type { MapsRef } from '../../../src-main/contract/surface-maps.ts';
import { mapsInfoOptions } from '../../rpc/index.ts';
import type { BoxPx } from '../transform.ts';
import { withCardRange } from './cardRange.ts';
import { useSurface } from './surfaceStore.ts';

/** @param card the card in the image; null where it was not found */
export function useSurfaceOf(maps: MapsRef | null, card: BoxPx | null) {
  const open = useSurface((state) => state.open);
  const beside = useSurface((state) => state.compare === 'side');
  const raised = useSurface((state) => state.terrain);
  const info = useQuery({ ...mapsInfoOptions(maps?.id ?? ''), enabled: open && maps !== null });
  const known = info.data;
  const ranged = useQuery({
    queryKey: ['mapsInfo', maps?.id, card],
    queryFn: ({ signal }) => (maps && known ? withCardRange(maps.id, known, card, signal) : null),
    enabled: open && maps !== null && known !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // Without the card's range the suggested one does; its tile may be damaged where the others are not.
  const described = ranged.data ?? (ranged.isError ? known : undefined);
  const shown = open && maps && described ? { maps: maps.id, info: described } : null;
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
