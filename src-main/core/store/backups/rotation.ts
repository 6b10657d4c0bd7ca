/** Which backups to keep: three of today, the newest of each earlier day, ten in all (the policy of Actual Budget). */

export interface Aged {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

const keptOfToday = 3;
const keptInAll = 10;

/**
 * The names to remove. The newest is always kept.
 * @param newestFirst in order of making, which is not the order of the clock when the clock was set back
 * @param now decides which day is today (UTC)
 */
export function expired(newestFirst: readonly Aged[], now: Date): string[] {
  const today = now.toISOString().slice(0, 10);
  const ofDay = new Map<string, number>();
  let kept = 0;
  return newestFirst.flatMap(({ name, createdAt }) => {
    const day = createdAt.slice(0, 10);
    const before = ofDay.get(day) ?? 0;
    const keep = kept < keptInAll && before < (day === today ? keptOfToday : 1);
    if (!keep) return [name];
    ofDay.set(day, before + 1);
    kept += 1;
    return [];
  });
}
