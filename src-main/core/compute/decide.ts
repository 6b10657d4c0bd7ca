/** Processor or GPU: by an explicit setting, or by which one was measured to be faster on this machine. */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Clock } from '../clock/index.ts';
import { refuse, toAppError } from '../errors/index.ts';
import type { Engine, GpuAdapter, Native } from '../native/index.ts';
import { fits, type Remembered, recall, remember } from './memory.ts';

export const computePreferences = ['auto', 'cpu', 'gpu'] as const;
export type ComputePreference = (typeof computePreferences)[number];

/** A GPU has to gain a tenth to be worth its memory and one more thing that can fail. */
const worthwhile = 0.9;

export interface Decision {
  readonly preference: ComputePreference;
  readonly engine: Engine;
  /** The GPU that was found; null also where nobody looked. */
  readonly adapter: GpuAdapter | null;
  readonly measured: Remembered | null;
  /** One sentence for people. */
  readonly why: string;
}

export interface DecideOptions {
  readonly native: Pick<Native, 'compute' | 'version'>;
  readonly preference: ComputePreference;
  /** Where measurements are remembered. */
  readonly folder: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly cores?: number;
  /** Whether there may be a graphics card; looking closer loads drivers, which takes time and memory. */
  readonly mayHaveCard?: () => boolean;
  /** False: what was never measured stays so, and the processor computes. */
  readonly measure?: boolean;
}

/** `TRUGRADE_COMPUTE` of an environment. @throws AppError `usage` for a word it does not know */
export function preferenceOf(env: NodeJS.ProcessEnv): ComputePreference {
  const said = env.TRUGRADE_COMPUTE ?? 'auto';
  const known = computePreferences.find((preference) => preference === said);
  if (known !== undefined) return known;
  throw refuse('usage', `"${said}" is nowhere to compute`, `set it to ${computePreferences.join(', ')}`, {
    field: 'TRUGRADE_COMPUTE',
  });
}

/** On Linux every graphics card has a device node; elsewhere one has to ask the system's GPU interface. */
export function mayHaveCard(platform: NodeJS.Platform = process.platform): boolean {
  if (platform !== 'linux') return true;
  const nodes = (folder: string, pattern: RegExp) => {
    try {
      return readdirSync(folder).some((name) => pattern.test(name));
    } catch {
      return false;
    }
  };
  return nodes('/dev/dri', /^renderD/) || nodes('/dev', /^nvidia\d+$/) || nodes('/dev', /^dxg$/);
}

/** Which of both a measurement speaks for. */
export const faster = (record: Remembered): Engine =>
  record.times !== null && record.times.gpuMs < worthwhile * record.times.cpuMs ? 'gpu' : 'cpu';

/** How a measurement reads. */
export function measuredText({ times, failure }: Remembered): string {
  if (times === null) return `it failed when it was tried: ${failure ?? 'without a reason'}`;
  const { cpuMs, gpuMs } = times;
  const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0);
  const ratio = cpuMs / gpuMs;
  const words = ratio >= 1 ? `${ratio.toFixed(1)} times as fast as` : `${(1 / ratio).toFixed(1)} times slower than`;
  return `it is ${words} the processor (${ms(gpuMs)} ms against ${ms(cpuMs)} ms)`;
}

/** Decides, and measures where nobody has measured yet. Never fails: what goes wrong speaks for the processor. */
export async function decide(options: DecideOptions): Promise<Decision> {
  const { native, preference, signal } = options;
  const is = (engine: Engine, why: string, adapter: GpuAdapter | null = null, measured: Remembered | null = null) => ({
    ...{ preference, engine, adapter, measured, why },
  });
  if (preference === 'cpu') return is('cpu', 'the setting says: processor');
  try {
    if (preference === 'auto' && !(options.mayHaveCard ?? mayHaveCard)())
      return is('cpu', 'this machine has no graphics card');
    const adapter = await native.compute.adapter(signal);
    if (preference === 'gpu') return is('gpu', 'the setting says: GPU', adapter);
    if (adapter === null) return is('cpu', 'no graphics card has a Vulkan, Metal or Direct3D 12 driver');
    if (adapter.software) return is('cpu', `${adapter.name} computes on the processor`, adapter);
    const measured = await measure(options, adapter);
    if (measured === null) return is('cpu', 'it has not been measured yet; the first grading does that', adapter);
    return is(faster(measured), measuredText(measured), adapter, measured);
  } catch (error) {
    return is(preference === 'gpu' ? 'gpu' : 'cpu', `looking for a GPU failed: ${toAppError(error).data.message}`);
  }
}

/** The remembered measurement of this GPU, or a new one. */
async function measure(options: DecideOptions, adapter: GpuAdapter): Promise<Remembered | null> {
  const { native, folder, clock, signal, cores = availableParallelism() } = options;
  const known = recall(folder);
  if (known && fits(known, adapter, cores, native.version)) return known;
  if (options.measure === false) return null;
  const head = {
    ...{ schema: 'trugrade.compute/1' as const, adapter, cores, version: native.version },
    measuredAt: clock.now().toISOString(),
  };
  const record: Remembered = await native.compute.trial(signal).then(
    ({ cpuMs, gpuMs, pixels }) => ({ ...head, times: { cpuMs, gpuMs, pixels }, failure: null }),
    (error: unknown) => {
      const { data } = toAppError(error);
      // Only what the GPU did is worth remembering; a cancel says nothing of it.
      if (!data.code.startsWith('gpu.')) throw error;
      return { ...head, times: null, failure: data.message };
    },
  );
  remember(folder, record);
  return record;
}
