/** The head of the chain kept outside the database, so that rows cut off its end are missed. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';

const anchorSchema = z.object({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });
export type Anchor = z.infer<typeof anchorSchema>;

/** The anchor in the file; undefined when there is none or it cannot be understood. */
export function readAnchor(file: string): Anchor | undefined {
  try {
    const parsed = anchorSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file in one step; durable when it returns. Throws the file system's errors. */
export function writeAnchor(file: string, anchor: Anchor): void {
  const next = `${file}.next`;
  const handle = openSync(next, 'w', 0o600);
  try {
    writeSync(handle, `${JSON.stringify(anchor)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, file);
}
