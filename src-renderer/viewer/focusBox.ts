/** What to show when something is selected. Pure. */
import type { Scene, Target } from './scene.ts';
import { type BoxPx, boxAround, growBox } from './transform.ts';

/** The target with its surroundings, image px; null when it has no place in the image. */
export function focusBox(scene: Scene, target: Target | null): BoxPx | null {
  if (!target) return null;
  const least = cardWidthPx(scene) / 8;
  if (target.kind === 'defect') {
    const box = boxAround(scene.defects.find(({ id }) => id === target.id)?.polygon ?? []);
    return box && growBox(box, 0.75, least);
  }
  const point = scene.points.find(({ id }) => id === target.id);
  const ends = [point?.outer, point?.border].flatMap((end) => (end ? [end] : []));
  const box = boxAround(ends);
  return box && growBox(box, 1, least / 2);
}

function cardWidthPx(scene: Scene): number {
  const box = boxAround(scene.corners);
  return box ? box.maxX - box.minX : 800;
}
