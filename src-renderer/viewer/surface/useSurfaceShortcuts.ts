/** Keys of the surface viewer. */
import { useShortcut } from '../../shortcuts/index.ts';
import { setSurface, useSurface } from './surfaceStore.ts';

/** @param available whether this grading has maps */
export function useSurfaceShortcuts(available: boolean): void {
  const open = useSurface((state) => state.open);
  const tool = useSurface((state) => state.tool);
  const terrain = useSurface((state) => state.terrain);
  useShortcut('surface', () => setSurface({ open: !open }));
  useShortcut(
    'surfaceLight',
    () => setSurface({ open: true, tool: open && tool === 'light' ? 'move' : 'light' }),
    available,
  );
  useShortcut(
    'surfaceProfile',
    () => setSurface({ open: true, tool: open && tool === 'profile' ? 'move' : 'profile' }),
    available,
  );
  useShortcut('surfaceTerrain', () => setSurface({ open: true, terrain: !terrain, region: null }), available);
}
