/** Where the native core computes a side's pixels: the processor or the GPU. */
import { z } from 'zod';
import { appErrorSchema } from '../../contract/errors.ts';
import type * as binding from './generated/binding.d.ts';

export type Engine = 'cpu' | 'gpu';

export const gpuAdapterSchema = z.object({
  name: z.string(),
  /** Name and version. */
  driver: z.string(),
  backend: z.string(),
  /** A driver that computes on the processor: good for tests, never faster. */
  software: z.boolean(),
});
export type GpuAdapter = z.infer<typeof gpuAdapterSchema>;

export const gpuTrialSchema = z.object({
  adapter: gpuAdapterSchema,
  cores: z.int(),
  cpuMs: z.number().positive(),
  gpuMs: z.number().positive(),
  pixels: z.int(),
});
export type GpuTrial = z.infer<typeof gpuTrialSchema>;

export const engineUsedSchema = z.object({
  on: z.enum(['cpu', 'gpu']),
  adapter: z.string().nullable(),
  /** Why the processor computed although the GPU was asked for. */
  reason: appErrorSchema.nullable(),
});
export type EngineUsed = z.infer<typeof engineUsedSchema>;

export interface NativeCompute {
  /** What the next side is computed on. */
  readonly engine: Engine;
  use(engine: Engine): void;
  /** The best GPU of this machine, or null. Looking loads its driver. */
  adapter(signal?: AbortSignal): Promise<GpuAdapter | null>;
  /** Measures both on a small side, in less than a second on a GPU. @throws AppError `gpu.…` where it cannot compute */
  trial(signal?: AbortSignal): Promise<GpuTrial>;
  /** Is told of every solved side. */
  onSolved(listener: (used: EngineUsed) => void): void;
}

interface Parts {
  readonly addon: typeof binding;
  readonly typed: <T>(promise: Promise<T>) => Promise<T>;
}

/** Without a desktop session Mesa's layer that asks the desktop for its card only prints an error; the choice is ours. */
function quietDeviceSelection(): void {
  if (process.platform === 'linux' && !process.env.XDG_RUNTIME_DIR) process.env.NODEVICE_SELECT ??= '1';
}

export function nativeCompute({ addon, typed }: Parts): NativeCompute & { solved(used: EngineUsed): void } {
  const listeners: ((used: EngineUsed) => void)[] = [];
  let engine: Engine = 'cpu';
  return {
    get engine() {
      return engine;
    },
    use(wanted) {
      if (wanted === 'gpu') quietDeviceSelection();
      engine = wanted;
    },
    async adapter(signal) {
      quietDeviceSelection();
      return gpuAdapterSchema.nullable().parse(JSON.parse(await typed(addon.gpuAdapter(signal))));
    },
    async trial(signal) {
      quietDeviceSelection();
      return gpuTrialSchema.parse(JSON.parse(await typed(addon.gpuTrial(signal))));
    },
    onSolved(listener) {
      listeners.push(listener);
    },
    solved(used) {
      for (const listener of listeners) listener(used);
    },
  };
}
