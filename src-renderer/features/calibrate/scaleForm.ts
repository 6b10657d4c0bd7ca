/** The scale's form as plain data, and what it makes of itself: an artefact, or nothing while something is missing. */
import {
  type Artefact,
  artefactSchema,
  type BoardSpec,
  type CalibrationDraft,
} from '../../../src-main/contract/calibration.ts';

export interface ScaleForm {
  readonly kind: 'certified' | 'stated';
  readonly name: string;
  readonly number: string;
  readonly issuedBy: string;
  readonly issuedOn: string;
  readonly validUntil: string;
  readonly uncertaintyUm: number;
  readonly expansionPpm: number;
  readonly temperatureC: number;
  readonly rulerMm: number | null;
  readonly boardMm: number;
  readonly artefactMm: number;
  readonly cardMm: number;
}

/** The printed sheet "Scale artefact". */
const artefactBoard: BoardSpec = {
  squaresX: 8,
  squaresY: 10,
  squareMm: 8,
  markerMm: 6,
  dictionary: 'DICT_4X4_250',
  firstMarker: 100,
  legacy: false,
};

/** What a draft has already, else empty; the simulated rig's artefact comes with a certificate that says so. */
export function emptyScale(draft: CalibrationDraft): ScaleForm {
  const own = draft.artefact;
  const simulated = draft.simulated && !own;
  return {
    kind: 'certified',
    name: own?.name ?? (simulated ? 'Simulated artefact' : ''),
    number: own?.certificate.number ?? (simulated ? 'SIMULATED-1' : ''),
    issuedBy: own?.certificate.issuedBy ?? (simulated ? 'simulator' : ''),
    issuedOn: own?.certificate.issuedOn ?? (simulated ? '2026-01-01' : ''),
    validUntil: own?.certificate.validUntil ?? (simulated ? '2030-12-31' : ''),
    uncertaintyUm: 1000 * (own?.certificate.expandedUncertaintyMm ?? 0.001),
    expansionPpm: 1e6 * (own?.certificate.expansionPerK ?? 8e-6),
    temperatureC: draft.temperatureC,
    rulerMm: null,
    boardMm: 0,
    artefactMm: 0,
    cardMm: 0,
  };
}

/** Every corner of the artefact's first row and column, and the diagonals: lengths in four directions. */
export function nominalLengths(board: BoardSpec): Artefact['lengths'] {
  const [nx, ny] = [board.squaresX - 1, board.squaresY - 1];
  const at = (x: number, y: number) => y * nx + x;
  const pairs: [number, number][] = [];
  for (let x = 1; x < nx; x += 1) pairs.push([at(0, 0), at(x, 0)], [at(0, ny - 1), at(x, ny - 1)]);
  for (let y = 1; y < ny; y += 1) pairs.push([at(0, 0), at(0, y)], [at(nx - 1, 0), at(nx - 1, y)]);
  pairs.push([at(0, 0), at(nx - 1, ny - 1)], [at(nx - 1, 0), at(0, ny - 1)]);
  return pairs.map(([a, b]) => {
    const [dx, dy] = [(a % nx) - (b % nx), Math.floor(a / nx) - Math.floor(b / nx)];
    return { corners: [a, b], certifiedMm: Math.hypot(dx, dy) * board.squareMm };
  });
}

/** Null while a field is missing or not possible. */
export function artefactOf(form: ScaleForm): Artefact | null {
  const made = artefactSchema.safeParse({
    name: form.name,
    board: artefactBoard,
    certificate: {
      number: form.number,
      issuedBy: form.issuedBy,
      issuedOn: form.issuedOn,
      validUntil: form.validUntil,
      expandedUncertaintyMm: form.uncertaintyUm / 1000,
      expansionPerK: form.expansionPpm / 1e6,
    },
    lengths: nominalLengths(artefactBoard),
  });
  return made.success ? made.data : null;
}
