/** `--compute auto|cpu|gpu`: where the pixels of a side are computed. */
import { systemClock } from '../core/clock/index.ts';
import { computePreferences, decide, preferenceOf } from '../core/compute/index.ts';
import { defaultDataFolder } from '../core/data-folder/index.ts';
import type { Native } from '../core/native/index.ts';
import type { OptionSpec, Parsed } from './arguments.ts';

export const computeOption: OptionSpec = {
  type: 'string',
  value: 'WHERE',
  help: 'auto (what is faster here, measured once), cpu or gpu; else TRUGRADE_COMPUTE, else auto',
};

/** Sets the native core to what the option, the environment or the measurement says. */
export async function withCompute(parsed: Parsed, native: Native, signal: AbortSignal): Promise<void> {
  const preference = parsed.choice('compute', computePreferences) ?? preferenceOf(process.env);
  const { engine } = await decide({ native, preference, folder: defaultDataFolder(), clock: systemClock, signal });
  native.compute.use(engine);
}
