/** Stepping through a list in a ring. Pure. */

/** The neighbour in a ring; from nothing, the first or the last. */
export function stepThrough(ids: readonly string[], current: string | null, by: number): string | undefined {
  const at = current === null ? -1 : ids.indexOf(current);
  if (at < 0) return by > 0 ? ids[0] : ids[ids.length - 1];
  return ids[(at + by + ids.length) % ids.length];
}
