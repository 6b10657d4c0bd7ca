/** What is selected and what is under the pointer, shared by the image and the tables beside it. */
import { create } from 'zustand';
import { sameTarget, type Target } from '../viewer/scene.ts';

interface Selection {
  readonly selected: Target | null;
  readonly hovered: Target | null;
  /** Counts up whenever the selected thing is to be brought into view. */
  readonly zoomRequest: number;
}

export const useSelection = create<Selection>(() => ({ selected: null, hovered: null, zoomRequest: 0 }));

export function select(selected: Target | null): void {
  useSelection.setState({ selected });
}

export function selectAndZoom(selected: Target | null): void {
  useSelection.setState(({ zoomRequest }) => ({ selected, zoomRequest: zoomRequest + 1 }));
}

export function hover(hovered: Target | null): void {
  if (!sameTarget(useSelection.getState().hovered, hovered)) useSelection.setState({ hovered });
}

export function clearSelection(): void {
  useSelection.setState({ selected: null, hovered: null });
}
