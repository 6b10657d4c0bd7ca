/** Whether what was measured as borders may be bars of the design that run from edge to edge. */
import type { Measurement, QualityCheck } from '../../../contract/index.ts';

const opposite = [
  ['left', 'right'],
  ['top', 'bottom'],
] as const;

/**
 * A warning where two opposite sides have a border and the two between them have none; null otherwise. A bar across a
 * borderless design looks just so: a straight boundary with no print outside it.
 */
export function barsCheck(measured: Measurement['sides']): QualityCheck | null {
  const both = ([a, b]: (typeof opposite)[number]) => measured[a].measured && measured[b].measured;
  const neither = ([a, b]: (typeof opposite)[number]) => !measured[a].measured && !measured[b].measured;
  const [upright, level] = opposite;
  const found = both(upright) && neither(level) ? upright : both(level) && neither(upright) ? level : null;
  if (found === null) return null;
  return {
    name: 'bars',
    value: null,
    limit: null,
    status: 'warning',
    message: `only the ${found.join(' and ')} sides have a border: if the design is borderless with bars from edge to edge, these are the bars; teach a template of it`,
  };
}
