/** What stands beside each backup: `backups/<name>/trugrade.sqlite` and `manifest.json`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Backup, backupSchema } from '../../../contract/system.ts';

export const manifestSchema = backupSchema.extend({
  schema: z.literal('trugrade.backup/1'),
  /** The database's schema number. */
  schemaVersion: z.int(),
  /** SHA-256 of the database copy. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  auditSeq: z.int(),
  counts: z.record(z.string(), z.int()),
  /** The files the copy refers to: their ids are its table `files`; `idsSha256` covers them, sorted, one a line. */
  files: z.object({ count: z.int(), bytes: z.int(), idsSha256: z.string() }),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** `<number>-<date and time>`: the number orders them, whatever the clock did. */
const namePattern = /^(\d{6})-[0-9TZ-]{17,20}$/;

export const isBackupName = (name: string): boolean => namePattern.test(name);

export function nextName(names: readonly string[], now: Date): string {
  const highest = Math.max(0, ...names.map((name) => Number(namePattern.exec(name)?.[1] ?? 0)));
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-');
  return `${String(highest + 1).padStart(6, '0')}-${time}Z`;
}

/** Names of all backups in the folder, newest first; anything else there is passed over. */
export function backupNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isBackupName).sort().reverse();
  } catch {
    return [];
  }
}

/** Undefined when there is no manifest or it is not understood. */
export function readManifest(folder: string, name: string): Manifest | undefined {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8')));
    return parsed.success && parsed.data.name === name ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** What the contract shows of a manifest. */
export function shown({ name, createdAt, bytes, rows, auditHead, verified }: Manifest): Backup {
  return { name, createdAt, bytes, rows, auditHead, verified };
}
