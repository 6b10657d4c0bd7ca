/** Which engine the core computes on, and what people are told of it. */
import type { Doctor } from '../../contract/index.ts';
import type { Log } from '../log/index.ts';
import type { EngineUsed, GpuAdapter } from '../native/index.ts';
import { type ComputePreference, type DecideOptions, type Decision, decide } from './decide.ts';

export {
  type ComputePreference,
  computePreferences,
  type Decision,
  decide,
  mayHaveCard,
  preferenceOf,
} from './decide.ts';

type Item = Doctor['items'][number];

export interface Compute {
  /** The decision in force; null until the first one has been made. */
  readonly decision: Decision | null;
  /** The last failure of the GPU since the start. */
  readonly failure: string | null;
  /** Decides anew; sides that are being solved go on where they are. */
  prefer(preference: ComputePreference): Promise<Decision>;
}

export interface ComputeOptions extends Omit<DecideOptions, 'preference'> {
  readonly log: Log;
}

/** Until the first decision is made the processor computes. */
export function createCompute(options: ComputeOptions): Compute {
  const { native, log } = options;
  let decision: Decision | null = null;
  let failure: string | null = null;
  let asked = 0;
  native.compute.onSolved(({ adapter, reason }: EngineUsed) => {
    if (reason === null || reason.code === 'gpu.unsupported') return;
    failure = reason.message;
    log.warn('the processor computed instead of the GPU', { gpu: adapter, code: reason.code, reason: reason.message });
  });
  return {
    get decision() {
      return decision;
    },
    get failure() {
      return failure;
    },
    async prefer(preference) {
      asked += 1;
      const turn = asked;
      const made = await decide({ ...options, preference });
      // A later wish may have been decided sooner.
      if (turn !== asked) return decision ?? made;
      decision = made;
      failure = null;
      native.compute.use(made.engine);
      log.info('where pixels are computed', { engine: made.engine, gpu: made.adapter?.name ?? null, why: made.why });
      return made;
    },
  };
}

const named = ({ name, driver, backend }: GpuAdapter) => `${name}, ${driver} (${backend})`;

/** The doctor's line: the GPU, whether it computes, and why. */
export function gpuItem(decision: Decision, failure: string | null = null): Item {
  const { adapter, engine, why, preference } = decision;
  const card = adapter === null ? 'none found' : named(adapter);
  if (failure !== null)
    return {
      name: 'GPU',
      status: 'limited',
      detail: `${card}: it failed and the processor computed (${failure})`,
      remedy: 'update the driver of the graphics card, or choose the processor in the settings',
    };
  if (engine === 'gpu' && adapter !== null) return { name: 'GPU', status: 'ok', detail: `${card}: used; ${why}` };
  if (preference === 'cpu') return { name: 'GPU', status: 'ok', detail: `not used; ${why}` };
  const asked = preference === 'gpu';
  return {
    name: 'GPU',
    status: 'limited',
    detail: `${card}; the processor computes${asked ? ' although the setting says: GPU' : `: ${why}`}`,
    remedy: asked
      ? 'install the driver of the graphics card, or choose the processor'
      : 'nothing needs a GPU; a graphics card with a Vulkan, Metal or Direct3D 12 driver may compute sides faster',
  };
}
