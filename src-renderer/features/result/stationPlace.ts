/** Where a station lies on the drawn card: 1/8 … 7/8 along the vertical edges, 1/6 … 5/6 along the horizontal. Pure. */
import type { MeasuredPoint } from '../../../src-main/contract/report.ts';

export interface DrawnCard {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface StationPlace {
  readonly x: number;
  readonly y: number;
  /** The other end, on the graphic border. */
  readonly inX: number;
  readonly inY: number;
  readonly textX: number;
  readonly textY: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

export function stationPlace(
  { edge, index }: Pick<MeasuredPoint, 'edge' | 'index'>,
  card: DrawnCard,
  frame: number,
): StationPlace {
  const y = card.y + (card.height * index) / 8;
  const x = card.x + (card.width * index) / 6;
  const right = card.x + card.width;
  const bottom = card.y + card.height;
  switch (edge) {
    case 'left':
      return { x: card.x, y, inX: card.x + frame, inY: y, textX: card.x - 8, textY: y + 4, anchor: 'end' };
    case 'right':
      return { x: right, y, inX: right - frame, inY: y, textX: right + 8, textY: y + 4, anchor: 'start' };
    case 'top':
      return { x, y: card.y, inX: x, inY: card.y + frame, textX: x, textY: card.y - 8, anchor: 'middle' };
    case 'bottom':
      return { x, y: bottom, inX: x, inY: bottom - frame, textX: x, textY: bottom + 18, anchor: 'middle' };
  }
}
