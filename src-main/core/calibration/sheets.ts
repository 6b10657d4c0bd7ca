/** The printable sheets: the board for camera and plane, and the artefact for scale, drift and acceptance. */
import type { BoardSpec } from '../../contract/index.ts';
import type { BoardLayout } from '../native/index.ts';

export interface Sheet {
  readonly id: 'camera' | 'artefact';
  readonly title: string;
  readonly board: BoardSpec;
  /** Black discs beside the board: x, y, radius in board mm. */
  readonly discsMm: readonly (readonly [number, number, number])[];
}

const camera: BoardSpec = {
  squaresX: 9,
  squaresY: 12,
  squareMm: 8,
  markerMm: 6,
  dictionary: 'DICT_5X5_100',
  firstMarker: 0,
  legacy: false,
};

/** Other markers than the camera's board has, so that neither is taken for the other. */
const artefact: BoardSpec = { ...camera, squaresX: 8, squaresY: 10, dictionary: 'DICT_4X4_250', firstMarker: 100 };

/** Radius of the probing disc, mm, and its distance from the squares. */
const discMm = 4;
const gapMm = 3;

export const discOf = (board: BoardSpec): readonly [number, number, number] => [
  (board.squaresX * board.squareMm) / 2,
  board.squaresY * board.squareMm + gapMm + discMm,
  discMm,
];

export const sheets: Readonly<Record<Sheet['id'], Sheet>> = {
  camera: { id: 'camera', title: 'Camera board', board: camera, discsMm: [] },
  artefact: { id: 'artefact', title: 'Scale artefact', board: artefact, discsMm: [discOf(artefact)] },
};

/** What identifies a board on paper, so that a record can be compared with the sheet in hand. */
export function boardName(board: BoardSpec): string {
  const first = board.firstMarker === 0 ? '' : `+${board.firstMarker}`;
  const layout = board.legacy ? '-legacy' : '';
  return `${board.squaresX}x${board.squaresY}-${board.squareMm}-${board.markerMm}-${board.dictionary.replace('DICT_', '')}${first}${layout}`;
}

/** Width and height with all discs, mm. */
export function printedSize(layout: BoardLayout, sheet: Pick<Sheet, 'discsMm'>): [number, number] {
  return [
    Math.max(layout.sizeMm[0], ...sheet.discsMm.map(([x, , r]) => x + r)),
    Math.max(layout.sizeMm[1], ...sheet.discsMm.map(([, y, r]) => y + r)),
  ];
}
