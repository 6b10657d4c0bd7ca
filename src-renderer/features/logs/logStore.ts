/** Entries of the log as the screen holds them: newest first, each once, never more than a bounded number. Pure. */
import type { LogEntry } from '../../../src-main/contract/system.ts';

/** Beyond this the oldest that came live are let go; "Show older" fetches them again. */
export const mostLive = 2_000;

/** Adds live entries on top; those that are there already are left out. */
export function addLive(held: readonly LogEntry[], live: readonly LogEntry[], most = mostLive): readonly LogEntry[] {
  const newest = held[0]?.seq ?? Number.NEGATIVE_INFINITY;
  const fresh = live.filter(({ seq }) => seq > newest).sort((a, b) => b.seq - a.seq);
  return fresh.length === 0 ? held : [...fresh, ...held].slice(0, Math.max(most, held.length));
}

/** Adds an older page below. */
export function addOlder(held: readonly LogEntry[], older: readonly LogEntry[]): readonly LogEntry[] {
  const oldest = held.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  return [...held, ...older.filter(({ seq }) => seq < oldest).sort((a, b) => b.seq - a.seq)];
}

/** The same search as the core's, for entries that come live: in message, source and fields, any case. */
export function matchesSearch(entry: LogEntry, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  const fields = Object.entries(entry.fields).map(([name, value]) => `${name} ${value}`);
  return [entry.message, entry.source, ...fields].some((part) => part.toLowerCase().includes(wanted));
}
