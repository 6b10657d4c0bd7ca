/** The shell's own short log: JSON lines in one file and its predecessor, bounded, beside the core's logs. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Journal {
  note(message: string, fields?: Readonly<Record<string, string | number | null>>): void;
}

/** A disk that does not take a line loses it: the window must not suffer for its log. */
export function openJournal(folder: string, now: () => Date, maxBytes = 256_000): Journal {
  const path = join(folder, 'shell.jsonl');
  return {
    note(message, fields = {}) {
      try {
        mkdirSync(folder, { recursive: true });
        const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        if (size > maxBytes) renameSync(path, join(folder, 'shell.old.jsonl'));
        appendFileSync(path, `${JSON.stringify({ time: now().toISOString(), message, ...fields })}\n`, { mode: 0o600 });
      } catch {
        // See above.
      }
    },
  };
}
