/** How one or two layers share the view. Pure. */
import type { ViewTransform } from '../transform.ts';
import type { Pane } from './renderer.ts';
import type { CompareMode, LayerView } from './settings.ts';
import type { ViewSize } from './tiles.ts';

export interface PaneRequest {
  readonly compare: CompareMode;
  readonly split: number;
  readonly first: LayerView;
  readonly second: LayerView;
}

/** Side by side both halves show the same part of the card, beginning at the left half's left edge. */
export function panesOf(request: PaneRequest, transform: ViewTransform, { width }: ViewSize): readonly Pane[] {
  const { compare, split, first, second } = request;
  switch (compare) {
    case 'single':
      return [{ view: first, left: 0, width, transform }];
    case 'swipe': {
      const at = split * width;
      return [
        { view: first, left: 0, width: at, transform },
        { view: second, left: at, width: width - at, transform },
      ];
    }
    case 'side': {
      const half = width / 2;
      const beside = { ...transform, offsetX: transform.offsetX + half };
      return [
        { view: first, left: 0, width: half, transform },
        { view: second, left: half, width: width - half, transform: beside },
      ];
    }
  }
}
