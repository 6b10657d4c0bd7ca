/** What was measured once: kept in the data folder under the GPU's name and driver, so that it is not measured again. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type GpuAdapter, gpuAdapterSchema } from '../native/index.ts';

const file = 'compute.json';

export const rememberedSchema = z.object({
  schema: z.literal('trugrade.compute/1'),
  /** Another card, driver, program or number of cores is another machine. */
  adapter: gpuAdapterSchema,
  cores: z.int(),
  version: z.string(),
  measuredAt: z.string(),
  /** Of the same side; null where the GPU failed. */
  times: z.object({ cpuMs: z.number().positive(), gpuMs: z.number().positive(), pixels: z.int() }).nullable(),
  /** What went wrong then. */
  failure: z.string().nullable(),
});
export type Remembered = z.infer<typeof rememberedSchema>;

/** What is remembered, or null where there is nothing that can be read. */
export function recall(folder: string): Remembered | null {
  try {
    return rememberedSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } catch {
    // Never measured, or written by another version: it is measured again, which costs a second.
    return null;
  }
}

/** Keeps a measurement; tells whether it could. */
export function remember(folder: string, record: Remembered): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    const draft = join(folder, `${file}.${process.pid}.new`);
    writeFileSync(draft, `${JSON.stringify(record, null, 1)}\n`);
    renameSync(draft, join(folder, file));
    return true;
  } catch {
    return false;
  }
}

/** Whether a measurement was made with this card, driver, program and processor. */
export function fits(record: Remembered, adapter: GpuAdapter, cores: number, version: string): boolean {
  const same = (key: keyof GpuAdapter) => record.adapter[key] === adapter[key];
  return same('name') && same('driver') && same('backend') && record.cores === cores && record.version === version;
}
