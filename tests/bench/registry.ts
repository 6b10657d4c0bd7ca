/** Every group of figures, in the order of the table. */
import { calibration } from './groups/calibration.ts';
import { capture } from './groups/capture.ts';
import { cards } from './groups/cards.ts';
import { edges } from './groups/edges.ts';
import { gauge } from './groups/gauge.ts';
import { photometric } from './groups/photometric.ts';
import { reliability } from './groups/reliability.ts';
import { robustness } from './groups/robustness.ts';
import { scans } from './groups/scans.ts';
import { speed } from './groups/speed.ts';
import { surface } from './groups/surface.ts';
import { templates } from './groups/templates.ts';
import { viewer } from './groups/viewer.ts';
import { wholeCards } from './groups/whole-cards.ts';
import type { Group } from './lib/types.ts';

export const groups: readonly Group[] = [
  ...[scans, cards, wholeCards, robustness, calibration, photometric, capture, edges, surface, templates],
  ...[speed, viewer, gauge, reliability],
];
