/** Colour and shape of each kind of defect: either alone tells them apart, also in grey. */
import type { DefectKind } from '../../src-main/contract/report.ts';

export interface DefectStyle {
  /** On the dark viewer and under a dark halo; distinct hues for the common colour deficiencies (after Okabe & Ito 2008). */
  readonly colour: string;
  /** Dashes of the outline, screen px; empty for a solid line. */
  readonly dash: string;
  /** A glyph in a 12 x 12 box, stroked. */
  readonly glyph: string;
}

export const defectStyles: Record<DefectKind, DefectStyle> = {
  scratch: { colour: '#ff8a3d', dash: '', glyph: 'M2 10 L10 2' },
  dent: { colour: '#5bc0f8', dash: '', glyph: 'M6 2 A4 4 0 1 0 6 10 A4 4 0 1 0 6 2' },
  crease: { colour: '#ff5f6d', dash: '', glyph: 'M1 8 L4 4 L6 8 L8 4 L11 8' },
  stain: { colour: '#e0c341', dash: '5 3', glyph: 'M2 2 H10 V10 H2 Z' },
  printLine: { colour: '#d493f0', dash: '8 3', glyph: 'M2 4 H10 M2 8 H10' },
  printDot: { colour: '#d493f0', dash: '2 3', glyph: 'M6 4.5 A1.5 1.5 0 1 0 6 7.5 A1.5 1.5 0 1 0 6 4.5' },
  edgeWhitening: { colour: '#7be0b0', dash: '', glyph: 'M6 2 L10.5 10 H1.5 Z' },
  cornerWear: { colour: '#7be0b0', dash: '5 3', glyph: 'M2 10 V2 H10' },
  roughness: { colour: '#f7a8c4', dash: '2 3', glyph: 'M4 1 V11 M8 1 V11 M1 4 H11 M1 8 H11' },
};
