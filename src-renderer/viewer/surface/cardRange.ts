/** The range that heights are shown over at first: that of the card, not of the mat around it. */
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import type { BoxPx } from '../transform.ts';
import { loadHeights } from './heightField.ts';
import { heightStats, pointGrid } from './terrain.ts';

/** Share of the card's size left out at each side: the cut edge is no relief of the card. */
const rim = 0.04;

/** The same description with the card's own range for the height; unchanged where there is no card or no height. */
export async function withCardRange(
  maps: string,
  info: MapsInfo,
  card: BoxPx | null,
  signal: AbortSignal,
): Promise<MapsInfo> {
  if (!card) return info;
  const [dx, dy] = [rim * (card.maxX - card.minX), rim * (card.maxY - card.minY)];
  const part = { x0: card.minX + dx, y0: card.minY + dy, x1: card.maxX - dx, y1: card.maxY - dy };
  const stats = heightStats(await loadHeights(maps, info, pointGrid(info, part), signal));
  const high = stats ? Math.max(Math.abs(stats.low), Math.abs(stats.high)) : 0;
  if (!(high > 0)) return info;
  const groups = info.groups.map((group) =>
    group.name === 'height'
      ? { ...group, planes: group.planes.map((plane) => ({ ...plane, low: -high, high })) }
      : group,
  );
  return { ...info, groups };
}
